extension TokenizerDefinition {
    /// Refuses a mark "before the first piece" where Hugging Face's library puts it before several: before each piece
    /// that an earlier step cuts from text that was added at the start, and the one after.
    static func checkFirstMarks(
        _ normalizer: [NormalizerStep], _ steps: [PreTokenizerStep]
    ) throws(TokenizerError) {
        var isAdded = normalizer.contains { if case .prepend(let text) = $0 { !text.isEmpty } else { false } }
        var isSplit = false
        for step in steps {
            switch step {
            case .metaspace(_, let prepend, let splits):
                guard prepend != .first || !isAdded || !isSplit else {
                    throw .malformedFile(
                        place: "pre_tokenizer",
                        expected: "no step that splits before a Metaspace with prepend_scheme first, since text is "
                            + "added before",
                        found: "one")
                }
                isAdded = isAdded || prepend != .never
                isSplit = isSplit || splits
            case .byteLevel(let addsPrefixSpace, let splits):
                isAdded = isAdded || addsPrefixSpace
                isSplit = isSplit || splits
            default: isSplit = true
            }
        }
    }
}
