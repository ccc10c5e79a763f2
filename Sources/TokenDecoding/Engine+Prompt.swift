public import LanguageModels
import TensorCore

extension Engine {
    /// Makes `prompt` a text's tokens so far, in place of any before; what both begin with is kept in the cache.
    ///
    /// - Parameters:
    ///   - chunk: rows to run at once; results do not depend on it.
    ///   - shouldContinue: is asked before each chunk.
    /// - Throws: ``DecodingError`` if the prompt is empty, has unknown ids, or leaves no room in the context, in which
    ///   case the text stays as it was; or `cancelled`, with the part that was run kept in the cache for the next
    ///   prefill, which must come before any round.
    public func prefill(
        _ text: TokenStream, _ prompt: [Token], chunk: Int = prefillChunk, shouldContinue: () -> Bool = { true }
    ) throws(DecodingError) {
        try DecodingError.checkPrompt(tokenCount: prompt.count, contextLength: model.contextLength)
        if let unknown = prompt.first(where: { $0 < 0 || $0 >= model.vocabularySize }) {
            throw .unknownToken(unknown, vocabularySize: model.vocabularySize)
        }
        let stopwatch = Stopwatch()
        // Also when cancelled: the tokens run until then are counted, and a rate needs their time.
        defer { text.statistics.prefillSeconds += stopwatch.seconds }
        text.begin(prompt)
        let start = text.cache.length
        let rows = prompt.span.extracting(start..<max(start, prompt.count - 1))
        let isDone = model.read(
            rows, layerCount: text.layerCount, chunk: chunk, into: &text.cache, shouldContinue: shouldContinue)
        text.statistics.prefilledTokens += text.cache.length - start
        guard isDone else { throw .cancelled }
    }
}

extension TokenStream {
    /// Takes a prompt, and forgets of the cache what is not its beginning.
    fileprivate func begin(_ prompt: [Token]) {
        let common = zip(tokens.prefix(cache.length), prompt.dropLast()).prefix { $0 == $1 }.count
        cache.truncate(to: common)
        tokens.removeAll(keepingCapacity: true)
        tokens.reserveCapacity(min(contextLength, Self.reservedTokens))
        tokens += prompt
        promptCount = prompt.count
        next.removeAll(keepingCapacity: true)
        failure = nil
        logitHashes.removeAll()
        sampler.forget()
        sampler.remember(prompt)
    }

    /// Longer texts find room as they grow.
    private static var reservedTokens: Int { 1 << 16 }
}
