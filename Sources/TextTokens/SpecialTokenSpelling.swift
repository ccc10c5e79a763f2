/// Finds the special tokens that a text spells out, such as `<|endoftext|>`, where they are read as ordinary text.
package struct SpecialTokenSpelling: Sendable {
    private let finder: SpecialTokenFinder
    /// The special tokens' texts by their numbers in the finder.
    private let texts: [Int32: String]

    /// - Parameters:
    ///   - special: the texts of the special tokens.
    ///   - ordinary: texts of tokens that every text may hold. A special token within one of them does not count.
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

    /// The first special token that a text in UTF-8 spells out; nil where there is none.
    package func first(in utf8: [UInt8]) -> String? {
        var start = 0
        while let match = finder.firstMatch(in: utf8.span, start..<utf8.count) {
            if let text = texts[match.token] { return text }
            start = match.range.upperBound
        }
        return nil
    }
}

extension Tokenizer {
    /// Finds this tokenizer's special tokens. User-defined ones are none of them: they are matched in every text.
    package var spelling: SpecialTokenSpelling {
        let whole = kinds.indices.filter { kinds[$0].isMatchedWhole }
        func texts(_ ids: [Int]) -> [String] { ids.map { String(decoding: bytes(of: Int32($0)), as: UTF8.self) } }
        return SpecialTokenSpelling(
            of: texts(whole.filter { kinds[$0].isSpecial }), ordinary: texts(whole.filter { !kinds[$0].isSpecial }))
    }
}

extension TokenizerTrainer {
    /// Finds the special tokens of the vocabulary that is learned.
    package var spelling: SpecialTokenSpelling { SpecialTokenSpelling(of: specialTokens) }
}
