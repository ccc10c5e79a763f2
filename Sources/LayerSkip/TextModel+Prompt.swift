import TextTokens

extension TextModel {
    /// The maximum prompt size in bytes: a full context of the longest token, but at most 256 MiB.
    public var longestPrompt: Int {
        let longest = tokenizer.longestTokenByteCount
        let (product, overflow) = model.contextLength.multipliedReportingOverflow(by: longest)
        return min(overflow ? .max : product, ReadingLimit.text.byteCount)
    }

    /// Encodes a prompt.
    ///
    /// - Parameters:
    ///   - prompt: the text.
    ///   - parsingSpecialTokens: whether to read names of special tokens in the text as those tokens.
    /// - Throws: ``GenerationError`` if the text cannot fit into the context, before it is encoded: 500 MB would take
    ///   seconds, and gigabytes of memory. ``CheckpointError`` if the tokenizer needs too many steps on the text.
    public func encode(prompt: String, parsingSpecialTokens: Bool = false) throws -> [Token] {
        try checkPrompt(byteCount: prompt.utf8.count)
        return try inFile(summary.path) { () throws(TokenizerError) in
            try tokenizer.encode(prompt: prompt, parsingSpecialTokens: parsingSpecialTokens)
        }
    }

    /// Throws if a prompt is empty or does not fit into the context, as decoding it would.
    package func checkPrompt(_ tokens: [Token]) throws(GenerationError) {
        try GenerationError.checkPrompt(tokenCount: tokens.count, contextLength: model.contextLength)
    }

    /// Throws if a prompt of `byteCount` bytes cannot fit into the context.
    package func checkPrompt(byteCount: Int) throws(GenerationError) {
        guard byteCount > longestPrompt else { return }
        throw .promptTextTooLong(
            bytes: byteCount, longestToken: tokenizer.longestTokenByteCount, contextLength: model.contextLength)
    }
}
