/// How the text between whole tokens is divided into words.
enum WordDivision: Sendable {
    /// By a pre-tokenizer.
    case steps(PreTokenizer)
    /// Before the marks of spaces, where merges never cross these places.
    case beforeMarks
    /// Not at all.
    case whole
}

extension WordEncoder {
    /// Encodes a text.
    ///
    /// - Parameter progress: called with the number of bytes done; returns whether to continue.
    /// - Returns: whether all words were encoded.
    mutating func append(
        _ text: EncodableText, _ division: WordDivision, progress: (Int) -> Bool
    ) throws(TokenizerError) -> Bool {
        // All words that are not cut from the text, because the cache of words refers to one text.
        var rewritten: [UInt8] = []
        var steps = text.patternSteps
        for (index, part) in text.parts.enumerated() {
            switch part {
            case .token(let id): append(id)
            case .text(let range):
                guard progress(range.lowerBound) else { return false }
                switch division {
                case .whole: appendWord(text.utf8.span, range)
                case .beforeMarks:
                    guard appendMarked(text.utf8.span, range, progress: progress) else { return false }
                case .steps(let preTokenizer) where preTokenizer.onlyScans:
                    guard appendScanned(text.utf8.span, range, preTokenizer, progress: progress) else { return false }
                case .steps(let preTokenizer):
                    let words = try preTokenizer.words(
                        in: text.utf8.span, range, startsText: index == 0, steps: &steps)
                    guard let own = words.text else {
                        appendWords(text.utf8.span, from: range.lowerBound, words.ends)
                        continue
                    }
                    let start = rewritten.count
                    rewritten += own
                    appendWords(rewritten.span, from: start, words.ends.map { $0 + start })
                }
            }
        }
        return true
    }

    private mutating func appendWords(_ text: Span<UInt8>, from start: Int, _ ends: [Int]) {
        var start = start
        for end in ends {
            if end > start { appendWord(text, start..<end) }
            start = end
        }
    }

    private mutating func appendMarked(_ text: Span<UInt8>, _ part: Range<Int>, progress: (Int) -> Bool) -> Bool {
        var start = part.lowerBound
        var reported = start
        while start < part.upperBound {
            if start - reported > PreTokenizer.stretch {
                guard progress(start) else { return false }
                reported = start
            }
            let end = MarkedWords.wordEnd(text, from: start, to: part.upperBound)
            appendWord(text, start..<end)
            start = end
        }
        return true
    }

    private mutating func appendScanned(
        _ text: Span<UInt8>, _ part: Range<Int>, _ preTokenizer: PreTokenizer, progress: (Int) -> Bool
    ) -> Bool {
        var start = part.lowerBound
        while start < part.upperBound {
            guard progress(start) else { return false }
            let stretchEnd = preTokenizer.stretchEnd(in: text, from: start, to: part.upperBound)
            for end in preTokenizer.wordEnds(in: text, start..<stretchEnd) {
                appendWord(text, start..<end)
                start = end
            }
        }
        return true
    }
}
