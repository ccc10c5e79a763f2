package import LanguageModels
package import TensorCore

/// An ``Engine`` with one text.
package struct Generator<Model: LanguageModel>: ~Copyable {
    private var engine: Engine<Model>
    let text: TokenStream
    /// An array created once, so that a step allocates nothing.
    private let texts: [TokenStream]

    /// Creates a generator with an empty cache.
    ///
    /// - Parameters:
    ///   - exitLayer: the number of layers that determine the text; nil for all.
    ///   - exitRule: where tokens leave these layers early; nil if none do.
    ///   - context: the most tokens that the text may have; nil for the model's context.
    ///   - cacheFormat: the format of keys and values in the cache.
    ///   - hashesLogits: whether to keep ``logitHashes``.
    ///   - parts: what drafts can run besides the model's layers and head.
    ///   - costs: predicts the duration of passes.
    /// - Throws: ``ExitLayerError``, or ``GenerationError`` if a sampling option is out of range.
    package init(
        _ model: Model, parts: DraftParts<Model> = DraftParts(), exitLayer: Int? = nil, exitRule: ExitRule? = nil,
        drafter: any Drafter, sampling: Sampling = .greedy,
        acceptance: Acceptance = .coupled, cacheFormat: CacheFormat = .standard, context: Int? = nil,
        hashesLogits: Bool = false, costs: CostModel = CostModel()
    ) throws {
        engine = Engine(model, parts: parts, cacheFormat: cacheFormat, costs: costs)
        text = try engine.makeText(
            exitLayer: exitLayer, exitRule: exitRule, drafter: drafter, sampling: sampling, acceptance: acceptance,
            context: context,
            hashesLogits: hashesLogits)
        texts = [text]
    }

    /// Creates a generator with another rule for rejections, for a test's counter-example.
    init(
        _ model: Model, drafter: any Drafter, sampling: Sampling, acceptance: Acceptance, hashesLogits: Bool,
        parts: DraftParts<Model> = DraftParts(), costs: CostModel = CostModel(),
        residual: @escaping TokenStream.Residual
    ) throws {
        engine = Engine(model, parts: parts, costs: costs)
        text = try engine.makeText(
            layerCount: model.layerCount, drafter, sampling, acceptance, hashesLogits: hashesLogits, residual: residual)
        texts = [text]
    }

    /// Takes over what other texts have learned about drafts. A text sampled with rejections takes over nothing but
    /// costs, which it does not use: drafts influence it, so it must not depend on earlier texts.
    package mutating func learn(from experience: DraftingExperience) {
        engine.costs = experience.costs
        engine.expectCosts()
        text.learn(from: experience)
    }

    /// Adds what this text has learned. One sampled with rejections adds only costs, because it began with nothing.
    package func teach(_ experience: inout DraftingExperience) {
        engine.teach(&experience)
        text.teach(&experience)
    }

    /// The full model.
    package var model: Model { engine.model }
    /// The text so far: prompt and generated tokens.
    package var tokens: [Token] { text.tokens }
    /// Counts and times since the generator was created or this was last set.
    package var statistics: DecodingStatistics {
        get { text.statistics }
        set { text.statistics = newValue }
    }
    /// A hash of the full model's logits for each token after the prompt, if requested in `init`.
    package var logitHashes: [UInt64] { text.logitHashes }
    /// Bytes of the cache.
    package var cacheByteCount: Int { text.cacheByteCount }
    /// The number of tokens that still fit into the model's context.
    package var room: Int { text.room }

    /// Replaces the text by `prompt`: see ``Engine/prefill(_:_:chunk:shouldContinue:)``.
    package mutating func prefill(
        _ prompt: [Token], chunk: Int = prefillChunk, shouldContinue: () -> Bool = { true }
    ) throws(GenerationError) {
        try engine.prefill(text, prompt, chunk: chunk, shouldContinue: shouldContinue)
    }

    /// Generates the next tokens, at least one and at most `limit`.
    ///
    /// - Parameters:
    ///   - limit: at least 1. Drafts are shortened to it, and to the ``room`` in the context, which must not be 0.
    ///   - report: called with each token as soon as it is drafted, and its source.
    /// - Throws: ``GenerationError/nonFiniteLogits(position:halfCache:)``, after which only a new prompt may be given.
    package mutating func nextRound(limit: Int, report: (Token, DraftSource) -> Void = { _, _ in })
        throws(GenerationError) -> Round
    {
        text.limit = limit
        engine.step(texts) { _, token, source in report(token, source) }
        if let failure = text.failure { throw failure }
        guard let round = text.round else { preconditionFailure("a step gives tokens or fails") }
        return round
    }

    /// Removes all tokens but the first `count`, at least one; the last of these becomes pending again.
    package mutating func keep(_ count: Int) { text.keep(count) }
}
