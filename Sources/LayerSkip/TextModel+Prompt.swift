import LanguageModels
import TensorCore
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
    ///
    /// - Parameter context: the most tokens of prompt and text; nil for the model's context.
    package func checkPrompt(_ tokens: [Token], context: Int? = nil) throws(GenerationError) {
        try GenerationError.checkPrompt(
            tokenCount: tokens.count, contextLength: min(context ?? .max, model.contextLength))
    }

    /// The bytes of the cache of a text with some positions.
    package func cacheByteCount(positions: Int, _ options: GenerationOptions) -> Int {
        let page = KVCache.pageByteCount(for: model, format: options.cacheFormat)
        return (positions + cachePagePositions - 1) / cachePagePositions * page
    }

    /// Throws if a prompt of `byteCount` bytes cannot fit into the context.
    package func checkPrompt(byteCount: Int) throws(GenerationError) {
        guard byteCount > longestPrompt else { return }
        throw .promptTextTooLong(
            bytes: byteCount, longestToken: tokenizer.longestTokenByteCount, contextLength: model.contextLength)
    }
}
