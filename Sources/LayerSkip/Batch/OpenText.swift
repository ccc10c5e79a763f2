import LanguageModels
import TokenDecoding

/// A text that is being written together with others.
struct OpenText {
    /// The number of its request.
    let index: Int
    let request: BatchRequest
    let stream: TokenStream
    private var builder: TextBuilder

    init(_ model: TextModel, _ request: BatchRequest, index: Int, in stream: TokenStream) {
        self.index = index
        self.request = request
        self.stream = stream
        builder = TextBuilder(model.tokenizer, request.options)
    }

    private var writtenCount: Int { stream.tokens.count - request.prompt.count }

    /// Limits the next round to the tokens that may still be written.
    func beginRound() {
        stream.limit = min(request.options.maxTokens.map { $0 - writtenCount } ?? .max, stream.room)
    }

    /// Takes the tokens of a round. Returns the result if the text has ended.
    ///
    /// - Throws: ``GenerationError`` if the model's numbers are no longer finite.
    mutating func endRound() throws(GenerationError) -> GenerationResult? {
        if let failure = stream.failure { throw failure }
        guard let round = stream.round else { preconditionFailure("a step gives tokens or fails") }
        if let kept = builder.take(round) {
            stream.keep(stream.tokens.count - round.tokens.count + kept)
            return result(.stopped)
        }
        if writtenCount == request.options.maxTokens { return result(.limit) }
        return stream.room == 0 ? result(.contextFull) : nil
    }

    private mutating func result(_ end: WritingEnd) -> GenerationResult {
        let reason = builder.finish(end)
        return GenerationResult(
            text: builder.text, promptTokens: request.prompt,
            tokens: Array(stream.tokens.dropFirst(request.prompt.count)),
            finishReason: reason, statistics: stream.statistics, cacheByteCount: stream.cacheByteCount, rounds: [])
    }
}
