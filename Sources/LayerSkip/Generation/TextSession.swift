public import LanguageModels
import TextTokens
public import TokenDecoding

/// A session that generates texts one after the other, on the calling thread.
///
/// The common beginning of a prompt and the previous text stays in the cache, so a conversation only reads its new
/// messages. For a text as an asynchronous sequence see ``TextGeneration``.
public final class TextSession {
    private let model: TextModel
    private let options: GenerationOptions
    var generator: Generator<LoadedModel>

    /// Creates a session with an empty cache.
    ///
    /// - Throws: ``ExitLayerError`` or ``GenerationError`` if an option is out of range for the model; ``MemoryError``
    ///   if there is not enough memory for the first 256 positions of its cache.
    public init(_ model: TextModel, options: GenerationOptions = GenerationOptions()) throws {
        let page = KVCache.pageByteCount(for: model.model, format: options.cacheFormat)
        try MemoryBudget.check(page, for: "cache")
        self.model = model
        self.options = options
        generator = try model.generator(options)
    }

    /// Continues a prompt.
    ///
    /// - Parameters:
    ///   - prompt: token ids, at least one, fewer than the model's context.
    ///   - onEvent: receives text and drafts.
    ///   - isCancelled: called between rounds and chunks of the prompt. A cancelled text ends there.
    /// - Throws: ``GenerationError`` if the prompt does not fit, or the model's numbers are no longer finite.
    public func generate(
        _ prompt: [Token], onEvent: @escaping (GenerationEvent) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(GenerationError) -> GenerationResult {
        generator.statistics = DecodingStatistics()
        var text = TextAssembler(model.tokenizer, stops: options.stops, emit: onEvent)
        var recorder = options.recordsRounds ? RoundRecorder(model.tokenizer) : nil
        var ending: FinishReason?
        let end = try generator.write(
            after: prompt, limit: options.maxTokens, shouldContinue: { !isCancelled() },
            report: {
                text.showDraft($0, by: $1)
                recorder?.draft($0)
            },
            each: {
                recorder?.end($0)
                return take($0, &text, &ending)
            })
        model.experience.update { generator.teach(&$0) }
        recorder?.finish()
        let rounds = recorder?.rounds ?? []
        switch end {
        case .limit: return finish(prompt, &text, .maxTokens, rounds)
        case .contextFull: return finish(prompt, &text, .contextFull, rounds)
        case .cancelled: return finish(prompt, &text, .cancelled, rounds)
        case .stopped: return finish(prompt, &text, ending ?? .cancelled, rounds)
        }
    }

    /// Emits a round's tokens up to the end of the text.
    ///
    /// - Returns: the number of tokens to keep if the text ends; otherwise nil.
    private func take(_ round: Round, _ text: inout TextAssembler, _ ending: inout FinishReason?) -> Int? {
        if round.drafted > 0 { text.emit(.verified(accepted: round.accepted)) }
        for (index, token) in round.tokens.enumerated() {
            if !options.ignoresEndOfText, model.tokenizer.endOfTextTokens.contains(token) {
                ending = .endOfText(token)
                return index
            }
            if let stop = text.append(token, draftedBy: index < round.accepted ? round.source : nil) {
                ending = .stop(stop)
                return index + 1
            }
        }
        text.beginDraft()
        return nil
    }

    private func finish(
        _ prompt: [Token], _ text: inout TextAssembler, _ reason: FinishReason, _ rounds: [GenerationRound]
    ) -> GenerationResult {
        text.finish(reason)
        return GenerationResult(
            text: text.text, promptTokens: prompt, tokens: Array(generator.tokens.dropFirst(prompt.count)),
            finishReason: reason, statistics: generator.statistics, cacheByteCount: generator.cacheByteCount,
            rounds: rounds)
    }
}
