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
        var text = TextBuilder(model.tokenizer, options, emit: onEvent)
        var recorder = options.recordsRounds ? RoundRecorder(model.tokenizer) : nil
        let end = try generator.write(
            after: prompt, limit: options.maxTokens, shouldContinue: { !isCancelled() },
            report: {
                text.showDraft($0, by: $1)
                recorder?.draft($0)
            },
            each: {
                recorder?.end($0)
                return text.take($0)
            })
        model.experience.update { generator.teach(&$0) }
        recorder?.finish()
        let reason = text.finish(end)
        return GenerationResult(
            text: text.text, promptTokens: prompt, tokens: Array(generator.tokens.dropFirst(prompt.count)),
            finishReason: reason, statistics: generator.statistics, cacheByteCount: generator.cacheByteCount,
            rounds: recorder?.rounds ?? [])
    }
}
