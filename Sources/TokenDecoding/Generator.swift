public import LanguageModels
public import TensorCore

/// An ``Engine`` with one text.
public struct Generator<Model: LanguageModel>: ~Copyable {
    private var engine: Engine<Model>
    let text: TokenStream
    /// An array made once: a step takes nothing from the heap.
    private let texts: [TokenStream]

    /// A generator with an empty cache.
    ///
    /// - Parameters:
    ///   - exitLayer: how many layers have the last word; nil for all.
    ///   - cacheFormat: how the cache keeps keys and values.
    ///   - hashesLogits: whether to keep ``logitHashes``.
    /// - Throws: ``ExitLayerError``, or ``DecodingError`` if a sampling option is out of range.
    public init(
        _ model: Model, exitLayer: Int? = nil, drafter: any Drafter, sampling: Sampling = .greedy,
        acceptance: Acceptance = .coupled, cacheFormat: CacheFormat = .standard, hashesLogits: Bool = false
    ) throws {
        engine = Engine(model, cacheFormat: cacheFormat)
        text = try engine.makeText(
            exitLayer: exitLayer, drafter: drafter, sampling: sampling, acceptance: acceptance,
            hashesLogits: hashesLogits)
        texts = [text]
    }

    /// A generator with another rule for rejections, for a test's counter-example.
    init(
        _ model: Model, drafter: any Drafter, sampling: Sampling, acceptance: Acceptance, hashesLogits: Bool,
        residual: @escaping TokenStream.Residual
    ) throws {
        engine = Engine(model)
        text = try engine.makeText(
            layerCount: model.layerCount, drafter, sampling, acceptance, hashesLogits: hashesLogits, residual: residual)
        texts = [text]
    }

    /// The full model.
    public var model: Model { engine.model }
    /// The text so far: prompt and given-out tokens.
    public var tokens: [Token] { text.tokens }
    /// What has been done since the generator was made, or this was set anew.
    public var statistics: DecodingStatistics {
        get { text.statistics }
        set { text.statistics = newValue }
    }
    /// A hash of the full model's logits for each token after the prompt, if asked for in `init`.
    public var logitHashes: [UInt64] { text.logitHashes }
    /// Bytes of the cache.
    public var cacheByteCount: Int { text.cacheByteCount }
    /// How many more tokens fit into the model's context.
    public var room: Int { text.room }

    /// Makes `prompt` the text so far: see ``Engine/prefill(_:_:chunk:shouldContinue:)``.
    public mutating func prefill(
        _ prompt: [Token], chunk: Int = prefillChunk, shouldContinue: () -> Bool = { true }
    ) throws(DecodingError) {
        try engine.prefill(text, prompt, chunk: chunk, shouldContinue: shouldContinue)
    }

    /// Gives out the next tokens, at least one and at most `limit`.
    ///
    /// - Parameters:
    ///   - limit: at least 1; drafts are cut to it, and to the ``room`` in the context, which must not be 0.
    ///   - report: is told of each token as soon as it is drafted.
    /// - Throws: ``DecodingError/nonFiniteLogits(position:halfCache:)``, after which only a new prompt may be given.
    public mutating func nextRound(limit: Int, report: (Token) -> Void = { _ in }) throws(DecodingError) -> Round {
        text.limit = limit
        engine.step(texts) { _, token in report(token) }
        if let failure = text.failure { throw failure }
        guard let round = text.round else { preconditionFailure("a step gives tokens or fails") }
        return round
    }

    /// Forgets all tokens but the first `count`, which must be at least one: the last of them is pending again.
    public mutating func keep(_ count: Int) { text.keep(count) }
}
