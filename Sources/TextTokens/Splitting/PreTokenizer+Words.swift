extension PreTokenizer {
    /// The words of a stretch of text.
    struct Words {
        /// The words one after another, if they are not simply cuts of the text; then ``ends`` are positions in it.
        var text: [UInt8]?
        /// The end of each word.
        var ends: [Int]
    }

    /// The words of a range of a text.
    ///
    /// - Parameters:
    ///   - startsText: whether the range is where the whole text starts, added tokens included.
    ///   - steps: the steps that patterns may take; see ``ScalarPattern/stepLimit``.
    func words(
        in text: Span<UInt8>, _ part: Range<Int>, startsText: Bool, steps: inout Int
    ) throws(TokenizerError) -> Words {
        if onlyScans { return Words(ends: wordEnds(in: text, part)) }
        var pieces = Pieces(part, startsText: startsText)
        for step in self.steps {
            if let rewritten = pieces.text {
                try pieces.apply(step, rewritten.span, &steps)
            } else {
                try pieces.apply(step, text, &steps)
            }
        }
        if hasByteAlphabet { pieces.decodeByteAlphabet() }
        return Words(text: pieces.text, ends: pieces.ends)
    }

    private var hasByteAlphabet: Bool {
        steps.contains { if case .byteAlphabet = $0 { true } else { false } }
    }
}

/// The pieces that a text is split into so far.
private struct Pieces {
    /// The pieces one after another; nil if they are cuts of the given text.
    var text: [UInt8]?
    var start: Int
    var ends: [Int]
    /// Whether the first piece is where the whole text starts.
    var startsText: Bool

    init(_ part: Range<Int>, startsText: Bool) {
        start = part.lowerBound
        ends = part.isEmpty ? [] : [part.upperBound]
        self.startsText = startsText
    }

    mutating func apply(
        _ step: PreTokenizer.Step, _ current: Span<UInt8>, _ steps: inout Int
    ) throws(TokenizerError) {
        switch step {
        case .firstMatch, .trailingWhitespace, .spacesWithWord:
            ends = step.scan(current, start..<(ends.last ?? start), ends)
        case .pattern(let split): try apply(split, current, &steps)
        case .spaceBefore:
            let space = UInt8(ascii: " ")
            rewrite(current) { piece, _, output in
                if piece[0] != space { output.append(space) }
                for index in piece.indices { output.append(piece[index]) }
            }
        case .mark(let mark, let scheme):
            rewrite(current) { piece, startsText, output in
                Self.append(piece, mark, scheme == .always || (scheme == .first && startsText), &output)
            }
        case .byteAlphabet:
            rewrite(current) { piece, _, output in
                output += ByteAlphabet.text(piece.indices.map { piece[$0] }).utf8
            }
        }
    }

    private mutating func apply(
        _ split: PatternSplit, _ current: Span<UInt8>, _ steps: inout Int
    ) throws(TokenizerError) {
        var finer: [Int] = []
        var kept: [UInt8] = []
        var pieceStart = start
        var isFirst = true
        var startsText = startsText
        for end in ends {
            try split.forEachPiece(of: current, pieceStart..<end, steps: &steps) { piece, stays in
                if split.drops {
                    if isFirst, !stays { startsText = false }
                    if stays {
                        for index in piece { kept.append(current[index]) }
                        finer.append(kept.count)
                    }
                } else {
                    finer.append(piece.upperBound)
                }
                isFirst = false
            }
            pieceStart = end
        }
        ends = finer
        self.startsText = startsText
        if split.drops { (text, start) = (kept, 0) }
    }

    /// Replaces each piece by what a closure appends.
    private mutating func rewrite(_ current: Span<UInt8>, _ body: (Span<UInt8>, Bool, inout [UInt8]) -> Void) {
        var output: [UInt8] = []
        output.reserveCapacity((ends.last ?? start) - start + ends.count)
        var newEnds: [Int] = []
        newEnds.reserveCapacity(ends.count)
        var pieceStart = start
        for end in ends {
            body(current.extracting(pieceStart..<end), startsText && pieceStart == start, &output)
            newEnds.append(output.count)
            pieceStart = end
        }
        (text, start, ends) = (output, 0, newEnds)
    }

    /// Appends a piece with its spaces replaced by a mark, and a mark before it if it does not begin with one.
    private static func append(_ piece: Span<UInt8>, _ mark: [UInt8], _ prepends: Bool, _ output: inout [UInt8]) {
        let pieceStart = output.count
        for index in piece.indices {
            if piece[index] == UInt8(ascii: " ") { output += mark } else { output.append(piece[index]) }
        }
        if prepends, !output[pieceStart...].starts(with: mark) { output.insert(contentsOf: mark, at: pieceStart) }
    }

    /// Turns the characters of the byte alphabet into bytes again.
    mutating func decodeByteAlphabet() {
        guard let encoded = text else { return }
        let string = String(decoding: encoded, as: UTF8.self)
        var output: [UInt8] = []
        var newEnds: [Int] = []
        var pieceStart = string.utf8.startIndex
        var last = 0
        for end in ends {
            let pieceEnd = string.utf8.index(pieceStart, offsetBy: end - last)
            _ = ByteAlphabet.append(string[pieceStart..<pieceEnd].utf8, to: &output)
            newEnds.append(output.count)
            (pieceStart, last) = (pieceEnd, end)
        }
        (text, ends) = (output, newEnds)
    }
}
