extension Tokenizer {
    /// A finder for this tokenizer's special tokens. User-defined tokens do not count, since they are matched in every
    /// text.
    package var spelling: SpecialTokenSpelling {
        let whole = kinds.indices.filter { kinds[$0].isMatchedWhole }
        func texts(_ ids: [Int]) -> [String] { ids.map { String(decoding: bytes(of: Int32($0)), as: UTF8.self) } }
        return SpecialTokenSpelling(
            of: texts(whole.filter { kinds[$0].isSpecial }), ordinary: texts(whole.filter { !kinds[$0].isSpecial }))
    }
}
