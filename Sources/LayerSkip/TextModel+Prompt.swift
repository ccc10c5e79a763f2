extension TextModel {
    /// The most bytes of a prompt: what the model's context holds if each token is the longest, and at most 256 MiB.
    public var longestPrompt: Int {
        let longest = tokenizer.longestTokenByteCount
        let (product, overflow) = model.contextLength.multipliedReportingOverflow(by: longest)
        return min(overflow ? .max : product, ReadingLimit.text.byteCount)
    }

    /// The token ids of a prompt.
    ///
    /// - Parameter parsingSpecialTokens: whether the names of special tokens in the text are those tokens.
    /// - Throws: ``DecodingError`` where the text is so long that its tokens need not be counted: 500 MB would take
    ///   seconds, and gigabytes of memory.
    public func encode(prompt: String, parsingSpecialTokens: Bool = false) throws(DecodingError) -> [Token] {
        try checkPrompt(byteCount: prompt.utf8.count)
        return tokenizer.encode(prompt: prompt, parsingSpecialTokens: parsingSpecialTokens)
    }

    /// Throws if a prompt is empty or does not fit, as decoding it would.
    package func checkPrompt(_ tokens: [Token]) throws(DecodingError) {
        try DecodingError.checkPrompt(tokenCount: tokens.count, contextLength: model.contextLength)
    }

    /// Throws if a prompt of `byteCount` bytes cannot fit.
    package func checkPrompt(byteCount: Int) throws(DecodingError) {
        guard byteCount > longestPrompt else { return }
        throw .promptTextTooLong(
            bytes: byteCount, longestToken: tokenizer.longestTokenByteCount, contextLength: model.contextLength)
    }
}
