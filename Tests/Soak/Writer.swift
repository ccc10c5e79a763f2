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
    /// What may draft besides layers and head.
    let parts: DraftParts<LoadedModel>
    /// The seed of steps that are taken at random, in place of those of the strategy; nil for the strategy.
    let steps: UInt64?

    /// Chooses at random. Drafts sometimes have the maximum length.
    init(_ random: inout SeededGenerator, _ models: Models, isLarge: Bool) {
        let layerCount = models.fast.layerCount
        let exitLayer = random.int(1...max(1, layerCount - 1))
        var parts = models.parts
        if random.chance(0.5) { parts.lowBit = nil }
        if random.chance(0.5) { parts.vocabulary = nil }
        self.parts = parts
        steps = random.chance(0.3) ? random.next() : nil
        if steps != nil || random.chance(0.5) {
            let other = random.int(1...max(1, layerCount - 1))
            strategy = .auto(exitLayers: random.element([[], [exitLayer], [exitLayer, other]]))
            return
        }
        // Long drafts are mostly rejected, so they are rare.
        let longest = isLarge ? 6 : random.chance(0.95) ? random.element([2, 4, 8]) : random.element([20, 128])
        strategy = .selfSpeculative(SpeculationSetting(exitLayer: exitLayer, draftLength: random.int(1...longest)))
    }
}

extension Drafting: CustomStringConvertible {
    /// One line with the properties needed to reproduce the case.
    var description: String {
        let parts = [
            "\(strategy)", steps.map { "random steps \($0)" }, parts.lowBit.map { _ in "with a low-bit copy" },
            parts.vocabulary.map { "\($0.tokens.count) draft tokens" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// Creates the drafter.
    fileprivate func drafter(for model: LoadedModel) throws -> any Drafter {
        guard let steps else { return try strategy.drafter(for: model, parts: parts) }
        var random = SeededGenerator(seed: steps)
        let exits = strategy.draftingExitLayers
        return RandomDrafter(
            &random, exitLayers: exits.filter { $0 < model.layerCount }, draftLength: random.element([2, 4, 8]),
            for: model, parts: parts)
    }
}

extension Setting {
    /// Creates a writer with plain decoding.
    func plainWriter(_ model: LoadedModel) throws -> any Writer {
        try GeneratorWriter(model, NoDrafter(), self)
    }

    /// Creates a writer with drafts.
    func speculativeWriter(_ model: LoadedModel, _ drafting: Drafting, _ breakage: Breakage?) throws -> any Writer {
        guard breakage == .logit else {
            return try GeneratorWriter(model, drafting.drafter(for: model), parts: drafting.parts, self)
        }
        return try GeneratorWriter(NudgedModel(model: model), drafting.strategy.drafter(for: model), self)
    }
}

private final class GeneratorWriter<Model: LanguageModel>: Writer {
    private var generator: Generator<Model>

    init(
        _ model: Model, _ drafter: any Drafter, parts: DraftParts<Model> = DraftParts(), _ setting: Setting
    ) throws {
        generator = try Generator(
            model, parts: parts, drafter: drafter, sampling: setting.sampling, acceptance: setting.acceptance,
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
