/// Rewrites texts exactly as SentencePiece does. Spaces become U+2581.
struct SentencePieceNormalizer: TextRewriting {
    private let rules: SentencePieceRules
    private let table: Charsmap?
    private let keptTexts: DoubleArrayTrie
    /// Whether each byte is a character other than a space that always stays as it is.
    private let staysSame: [Bool]
    private static let space = UInt8(ascii: " ")

    init(_ rules: SentencePieceRules) throws(TokenizerError) {
        self.rules = rules
        table = rules.charsmap.isEmpty ? nil : try Charsmap(rules.charsmap)
        let texts = Set(rules.keptTexts.map { Array($0.utf8) }.filter { !$0.contains(0) })
        let keptTexts = DoubleArrayBuilder.trie(texts.map { ($0[...], 0) })
        self.keptTexts = keptTexts
        let table = table
        staysSame = (UInt8.min...UInt8.max).map { byte in
            byte < 0x80 && byte != Self.space && !keptTexts.hasKeys(startingWith: byte)
                && table?.hasTexts(startingWith: byte) != true
        }
    }

    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) throws(TokenizerError) -> [UInt8] {
        let mark = MarkedWords.mark
        var position = 0
        while rules.collapsesSpaces, position < text.count {
            let (length, part) = nextPart(of: text, from: position)
            guard part.count == 1, part.first == Self.space else { break }
            position += length
        }
        guard position < text.count else { return [] }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 2)
        if rules.addsDummySpace, !rules.addsSpaceAtEnd { result += mark }
        var followsSpace = rules.collapsesSpaces
        while position < text.count {
            if staysSame[Int(text[position])] {
                result.append(text[position])
                followsSpace = false
                position += 1
                continue
            }
            let (length, part) = nextPart(of: text, from: position)
            position += length
            let rest = followsSpace ? part.drop { $0 == Self.space } : part
            for byte in rest {
                if byte == Self.space { result += mark } else { result.append(byte) }
            }
            try limits.check(result.count)
            if let last = rest.last { followsSpace = rules.collapsesSpaces && last == Self.space }
        }
        while rules.collapsesSpaces, result.suffix(mark.count) == mark[...] { result.removeLast(mark.count) }
        if rules.addsDummySpace, rules.addsSpaceAtEnd { result += mark }
        return result
    }

    /// The length of what is rewritten next, and what it becomes: a kept text, the longest text of the table, or a
    /// character. An invalid byte becomes U+FFFD.
    private func nextPart(of text: [UInt8], from start: Int) -> (length: Int, part: ArraySlice<UInt8>) {
        if let (length, _) = keptTexts.longestMatch(in: text.span, from: start) {
            return (length, text[start..<start + length])
        }
        if let match = table?.longestMatch(in: text.span, from: start) { return match }
        guard let (_, length) = UTF8Sequence.decode(text.span, at: start, end: text.count) else {
            return (1, [0xEF, 0xBF, 0xBD])
        }
        return (length, text[start..<start + length])
    }
}
