extension TokenizerDefinition {
    /// This SentencePiece BPE model as transformers' class LlamaTokenizer reads it: merges are ranked by the ids of the
    /// tokens that they give, not by scores.
    ///
    /// - Parameters:
    ///   - legacy: whether a space is added after every token that is matched as a whole, instead of only before the
    ///     text.
    ///   - addsPrefixSpace: whether a space is added at all.
    package func asLlamaTokenizer(legacy: Bool, addsPrefixSpace: Bool) -> TokenizerDefinition {
        let mark = "\u{2581}"
        var result = self
        result.model = .characters
        result.merges = merges(in: Array(tokens.indices), TokenKind.corrected(self))
        result.scores = nil
        result.normalizer = []
        let scheme: PrependScheme = addsPrefixSpace ? (legacy ? .always : .first) : .never
        result.preTokenizerSteps = [.metaspace(mark: mark, prepend: scheme, splits: false)]
        result.decoder = Self.stepsForSpaces(prefix: addsPrefixSpace).decoder
        result.prefersWholeWords = false
        result.fusesUnknown = true
        result.wholeTokenRule = .leftmost
        result.addsBeginningOfChats = false
        result.flags = [:]
        return result
    }
}
