/// Finds special tokens, such as `<|endoftext|>`, that are spelled out in text and will be read as ordinary text.
package struct SpecialTokenSpelling: Sendable {
    private let finder: SpecialTokenFinder
    /// The special tokens' texts, by their numbers in the finder.
    private let texts: [Int32: String]

    /// Creates a finder.
    ///
    /// - Parameters:
    ///   - special: the texts of the special tokens.
    ///   - ordinary: texts of tokens that any text may contain. A special token within one of them does not count.
    init(of special: [String], ordinary: [String] = []) {
        let numbered = special.enumerated().map { (id: Int32($0), text: $1) }
        texts = Dictionary(uniqueKeysWithValues: numbered)
        let alone = SpecialTokenFinder(numbered)
        let around = ordinary.filter { text in
            let utf8 = Array(text.utf8)
            return alone.firstMatch(in: utf8.span, utf8.indices) != nil
        }
        finder = SpecialTokenFinder(numbered + around.map { (id: -1, text: $0) })
    }

    /// The first special token that a UTF-8 text spells out; nil if there is none.
    package func first(in utf8: [UInt8]) -> String? {
        var start = 0
        while let match = finder.firstMatch(in: utf8.span, start..<utf8.count) {
            if let text = texts[match.token] { return text }
            start = match.range.upperBound
        }
        return nil
    }
}
