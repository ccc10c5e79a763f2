/// The steps of a decoder, sorted by whether they apply to each token or to the text.
struct DecoderPlan {
    /// The character that is dropped at the start of a text, and how many times at most.
    private(set) var dropped: (byte: UInt8, count: Int) = (0, 0)
    /// SentencePiece's text for unknown tokens; nil for their names, as for other special tokens.
    private(set) var unknown: String?
    /// Whether the first token loses the spaces that its marks stand for, as with a Metaspace.
    private(set) var firstLosesMarks = false
    private var steps: [Step] = []

    private enum Step {
        case rewrite(Normalizer)
        /// What becomes of marks in the first token of a text, and in all others.
        case marks(first: Normalizer, others: Normalizer)
        case byteLevel
        case byteFallback
        case strip(UInt8, start: Int, stop: Int)
    }

    init(_ decoder: [DecoderStep], _ budget: inout PatternBudget) throws(TokenizerError) {
        var isFused = false
        for step in decoder {
            switch step {
            case .byteLevel:
                steps.append(.byteLevel)
                isFused = true
            case .byteFallback: if !isFused { steps.append(.byteFallback) }
            case .fuse: isFused = true
            case .replace(let pattern, let content):
                if isFused, !pattern.isOneCharacter { throw Self.unsupported("a Replace of several characters") }
                steps.append(.rewrite(try Normalizer([.replace(pattern, with: content)], &budget)))
            case .strip(let text, let start, let stop):
                let byte = text.utf8.first ?? 0
                if !isFused {
                    steps.append(.strip(byte, start: start, stop: stop))
                } else if stop == 0, dropped.count == 0 {
                    dropped = (byte, start)
                } else {
                    throw Self.unsupported("a Strip at the end of the text")
                }
            case .metaspace(let mark, let prepend):
                if isFused {
                    throw Self.unsupported("a Metaspace")
                }
                let spaces = try Normalizer([.replace(.text(mark), with: " ")])
                let isDropped = prepend != .never
                firstLosesMarks = firstLosesMarks || isDropped
                steps.append(
                    .marks(
                        first: isDropped ? try Normalizer([.replace(.text(mark), with: "")]) : spaces, others: spaces))
            case .sentencePiece(let unknown, let drops):
                self.unknown = unknown
                steps.append(.byteFallback)
                steps.append(.rewrite(try Normalizer([.replace(.text("\u{2581}"), with: " ")])))
                dropped = (UInt8(ascii: " "), drops == .none ? 0 : drops == .first ? 1 : .max)
            }
        }
    }

    private static func unsupported(_ found: String) -> TokenizerError {
        .malformedFile(place: "decoder", expected: "steps that apply to each token", found: found + " after Fuse")
    }

    /// The bytes that a token decodes to by itself.
    ///
    /// - Parameters:
    ///   - isByte: whether the token represents a byte, as `<0x0A>` does.
    ///   - isLiteral: whether the alphabet of bytes does not apply to the token.
    ///   - isFirst: whether the token is the first of a text.
    ///   - limits: what may be done for this token and others.
    func bytes(
        of token: String, isByte: Bool, isLiteral: Bool, isFirst: Bool, within limits: inout RewritingLimits
    ) throws(TokenizerError) -> [UInt8] {
        var bytes = Array(token.utf8)
        for step in steps {
            switch step {
            case .rewrite(let normalizer): bytes = try normalizer.normalized(bytes, within: &limits)
            case .marks(let first, let others):
                bytes = try (isFirst ? first : others).normalized(bytes, within: &limits)
            case .byteFallback:
                if let byte = TokenKind.byteValue(of: String(decoding: bytes, as: UTF8.self)) { return [byte] }
            case .byteLevel:
                if isByte, let byte = TokenKind.byteValue(of: token) { return [byte] }
                var spelled: [UInt8] = []
                let text = String(decoding: bytes, as: UTF8.self)
                if !isLiteral, ByteAlphabet.append(text[...].utf8, to: &spelled) { bytes = spelled }
            case .strip(let byte, let start, let stop):
                bytes = Array(bytes.dropFirst(bytes.prefix(start).prefix { $0 == byte }.count))
                bytes = Array(bytes.dropLast(bytes.suffix(stop).reversed().prefix { $0 == byte }.count))
            }
        }
        return bytes
    }
}

extension TextPattern {
    /// Whether the pattern is a text of one character.
    fileprivate var isOneCharacter: Bool {
        if case .text(let text) = self { text.unicodeScalars.count == 1 } else { false }
    }
}
