import LayerSkip
import TestSupport

/// A generator of any model and drafter, with a hash of each token's logits.
protocol Writer: AnyObject {
    var tokens: [Token] { get }
    var hashes: [UInt64] { get }
    var room: Int { get }
    var statistics: DecodingStatistics { get }
    func prefill(_ prompt: [Token], chunk: Int, shouldContinue: () -> Bool) throws(GenerationError)
    /// Runs a round and returns its number of tokens.
    func nextTokens(limit: Int) throws(GenerationError) -> Int
    func keep(_ count: Int)
}

/// What drafts.
struct Drafting: Sendable {
    let strategy: DecodingStrategy

    /// Chooses at random. Drafts sometimes have the maximum length.
    init(_ random: inout SeededGenerator, layerCount: Int, isLarge: Bool) {
        let exitLayer = random.int(1...max(1, layerCount - 1))
        if random.chance(0.4) {
            strategy = .auto(exitLayer: random.chance(0.7) ? exitLayer : nil)
            return
        }
        // Long drafts are mostly rejected, so they are rare.
        let longest = isLarge ? 6 : random.chance(0.95) ? random.element([2, 4, 8]) : random.element([20, 128])
        strategy = .selfSpeculative(SpeculationSetting(exitLayer: exitLayer, draftLength: random.int(1...longest)))
    }
}

extension Setting {
    /// Creates a writer with plain decoding.
    func plainWriter(_ model: LoadedModel) throws -> any Writer {
        try GeneratorWriter(model, NoDrafter(), self)
    }

    /// Creates a writer with drafts.
    func speculativeWriter(_ model: LoadedModel, _ drafting: Drafting, _ breakage: Breakage?) throws -> any Writer {
        let drafter = try drafting.strategy.drafter(for: model)
        guard breakage == .logit else { return try GeneratorWriter(model, drafter, self) }
        return try GeneratorWriter(NudgedModel(model: model), drafter, self)
    }
}

private final class GeneratorWriter<Model: LanguageModel>: Writer {
    private var generator: Generator<Model>

    init(_ model: Model, _ drafter: any Drafter, _ setting: Setting) throws {
        generator = try Generator(
            model, drafter: drafter, sampling: setting.sampling, acceptance: setting.acceptance,
            cacheFormat: setting.cacheFormat, hashesLogits: true)
    }

    var tokens: [Token] { generator.tokens }
    var hashes: [UInt64] { generator.logitHashes }
    var room: Int { generator.room }
    var statistics: DecodingStatistics { generator.statistics }

    func prefill(_ prompt: [Token], chunk: Int, shouldContinue: () -> Bool) throws(GenerationError) {
        try generator.prefill(prompt, chunk: chunk, shouldContinue: shouldContinue)
    }

    func nextTokens(limit: Int) throws(GenerationError) -> Int { try generator.nextRound(limit: limit).tokens.count }

    func keep(_ count: Int) { generator.keep(count) }
}
