public import LanguageModels
import TextTokens
public import TokenDecoding

/// Writes texts one after the other, on the calling thread.
///
/// What a prompt has in common with the text before it stays in the cache, so that a conversation only reads what is
/// new. For a text as an asynchronous sequence see ``TextModel/generate(_:options:)``.
public final class TextSession {
    private let model: TextModel
    private let options: GenerationOptions
    private let session: any DecodingSession

    /// A session with an empty cache.
    ///
    /// - Throws: ``ExitLayerError`` or ``DecodingError`` if an option is out of range for the model; ``MemoryError`` if
    ///   there is no memory for the first 256 positions of its cache.
    public init(_ model: TextModel, options: GenerationOptions = GenerationOptions()) throws {
        let page = KVCache.pageByteCount(for: model.model, format: options.cacheFormat)
        try MemoryBudget.check(page, for: "cache")
        self.model = model
        self.options = options
        session = try model.session(options)
    }

    /// Continues a prompt.
    ///
    /// - Parameters:
    ///   - prompt: token ids, at least one, fewer than the model's context.
    ///   - onEvent: is told of text, and of drafts.
    ///   - isCancelled: is asked between rounds and chunks of the prompt; a cancelled text ends where it is.
    /// - Throws: ``DecodingError`` if the prompt does not fit, or the model's numbers are no longer finite.
    public func generate(
        _ prompt: [Token], onEvent: @escaping (GenerationEvent) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(DecodingError) -> GenerationResult {
        session.statistics = DecodingStatistics()
        var text = TextStream(model.tokenizer, stops: options.stops, emit: onEvent)
        do {
            try session.prefill(prompt, shouldContinue: { !isCancelled() })
        } catch .cancelled {
            return result(prompt, "", .cancelled)
        }
        let finish = try rounds(after: prompt.count, isCancelled, &text)
        text.finish(finish)
        return result(prompt, text.text, finish)
    }

    /// Rounds until something ends the text.
    private func rounds(
        after promptCount: Int, _ isCancelled: () -> Bool, _ text: inout TextStream
    ) throws(DecodingError) -> FinishReason {
        while !isCancelled() {
            let written = session.tokens.count - promptCount
            if written == options.maxTokens { return .maxTokens }
            if session.room == 0 { return .contextFull }
            let limit = min(options.maxTokens.map { $0 - written } ?? Int.max, session.room)
            if let finish = try round(limit: limit, &text) { return finish }
        }
        return .cancelled
    }

    /// One round's tokens, as far as nothing ends the text.
    private func round(limit: Int, _ text: inout TextStream) throws(DecodingError) -> FinishReason? {
        let before = (
            tokens: session.tokens.count, drafted: session.statistics.drafted, accepted: session.statistics.accepted
        )
        text.beginDraft()
        let next = try session.nextTokens(limit: limit) { text.showDraft($0) }
        let accepted = session.statistics.accepted - before.accepted
        if session.statistics.drafted > before.drafted { text.emit(.verified(accepted: accepted)) }
        for (index, token) in next.enumerated() {
            if !options.ignoresEndOfText, model.tokenizer.endOfTextTokens.contains(token) {
                session.keep(before.tokens + index)
                return .endOfText(token)
            }
            if let stop = text.append(token, isDraft: index < accepted) {
                session.keep(before.tokens + index + 1)
                return .stop(stop)
            }
        }
        return nil
    }

    private func result(_ prompt: [Token], _ text: String, _ finish: FinishReason) -> GenerationResult {
        GenerationResult(
            text: text, promptTokens: prompt, tokens: Array(session.tokens.dropFirst(prompt.count)),
            finishReason: finish, statistics: session.statistics, cacheByteCount: session.cacheByteCount)
    }
}
