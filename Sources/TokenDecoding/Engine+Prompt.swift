package import LanguageModels
import TensorCore

extension Engine {
    /// Replaces a text's tokens by `prompt`, and reads the prompt into the cache. Positions of a common beginning stay
    /// in the cache.
    ///
    /// - Parameters:
    ///   - chunk: rows per pass; results do not depend on it.
    ///   - shouldContinue: called before each chunk; false cancels the prefill.
    /// - Throws: ``GenerationError`` if the prompt is empty, has unknown ids, or leaves no room in the context; the
    ///   text is then unchanged. After `cancelled`, the processed part stays in the cache for the next prefill, which
    ///   must come before any round.
    package mutating func prefill(
        _ text: TokenStream, _ prompt: [Token], chunk: Int = prefillChunk, shouldContinue: () -> Bool = { true }
    ) throws(GenerationError) {
        try GenerationError.checkPrompt(tokenCount: prompt.count, contextLength: text.contextLength)
        try GenerationError.checkTokens(prompt, vocabularySize: model.vocabularySize)
        let stopwatch = Stopwatch()
        // Also when cancelled: the tokens run until then are counted, so their time must be, too.
        defer { text.statistics.prefillSeconds += stopwatch.seconds }
        text.begin(prompt)
        let start = text.cache.length
        let rows = prompt.span.extracting(start..<max(start, prompt.count - 1))
        let isDone = model.read(
            rows, layerCount: text.layerCount, chunk: chunk, into: &text.cache, shouldContinue: shouldContinue)
        let count = text.cache.length - start
        text.statistics.prefilledTokens += count
        costs.count(prompt: count, layers: text.layerCount, seconds: stopwatch.seconds)
        guard isDone else { throw .cancelled }
    }
}

extension TokenStream {
    /// Takes a prompt, and truncates the cache to the beginning that they share.
    fileprivate func begin(_ prompt: [Token]) {
        let common = zip(tokens.prefix(cache.length), prompt.dropLast()).prefix { $0 == $1 }.count
        cache.truncate(to: common)
        leaving?.waiting.removeAll()
        tokens.removeAll(keepingCapacity: true)
        tokens.reserveCapacity(min(contextLength, Self.reservedTokens))
        tokens += prompt
        promptCount = prompt.count
        includedCount = 0
        next.removeAll(keepingCapacity: true)
        failure = nil
        logitHashes.removeAll()
        sampler.forget()
        sampler.remember(prompt)
        // Drafts influence a text sampled with rejections, so they must not depend on what other texts taught.
        if sampler.acceptance == .rejection { drafter = newDrafter } else { drafter.restart() }
    }

    /// Tokens to reserve memory for; longer texts grow as needed.
    private static var reservedTokens: Int { 1 << 16 }
}
