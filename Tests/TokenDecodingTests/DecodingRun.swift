import LanguageModels
import TensorCore

@testable import TokenDecoding

/// One decoded text, with everything that is compared between two runs.
struct DecodingRun: Equatable {
    let tokens: [Token]
    let logitHashes: [UInt64]
    let cacheLengths: [Int]
    /// The bits of all keys and values, by position and layer; empty unless requested.
    let cache: [[[UInt32]]]

    init<M: LanguageModel>(
        _ model: M, parts: DraftParts<M> = DraftParts(), exitLayer: Int? = nil, _ drafter: any Drafter,
        _ sampling: Sampling = .greedy,
        _ acceptance: Acceptance = .coupled,
        prompt: [Token], maxTokens: Int = .max, cacheFormat: CacheFormat = .standard, context: Int? = nil,
        comparesCache: Bool = false, costs: CostModel = CostModel()
    ) throws {
        var generator = try Generator(
            model, parts: parts, exitLayer: exitLayer, drafter: drafter, sampling: sampling, acceptance: acceptance,
            cacheFormat: cacheFormat, context: context, hashesLogits: true, costs: costs)
        try generator.prefill(prompt)
        try generator.finish(maxTokens: maxTokens)
        self.init(generator, comparesCache: comparesCache)
    }

    init<M: LanguageModel>(_ generator: borrowing Generator<M>, comparesCache: Bool = true) {
        self.init(generator.text, comparesCache: comparesCache)
    }

    init(_ text: TokenStream, comparesCache: Bool = true) {
        tokens = text.tokens
        logitHashes = text.logitHashes
        cacheLengths = text.cacheLengths
        cache = (0..<(comparesCache ? tokens.count - 1 : 0)).map { position in
            text.cachedKeysAndValues(position: position).map { $0.map(\.bitPattern) }
        }
    }
}

extension DecodingRun {
    /// Whether two runs are equal as far as the shorter one goes.
    func agrees(with other: DecodingRun) -> Bool {
        func agree<Value: Equatable>(_ part: KeyPath<DecodingRun, [Value]>) -> Bool {
            zip(self[keyPath: part], other[keyPath: part]).allSatisfy { $0 == $1 }
        }
        return agree(\.tokens) && agree(\.logitHashes) && agree(\.cache)
    }
}

extension Generator {
    /// Runs rounds until there are `maxTokens` more tokens, or the context is full.
    mutating func finish(maxTokens: Int = .max) throws {
        let end = tokens.count + min(maxTokens, room)
        while tokens.count < end { _ = try nextRound(limit: end - tokens.count) }
    }
}

/// Sampling options, given by their differences from greedy.
func sampling(
    temperature: Float = 0, penalty: Float = 1, topK: Int? = nil, topP: Double? = nil, minP: Double? = nil,
    seed: UInt64 = 0
) -> Sampling {
    var sampling = Sampling()
    sampling.temperature = temperature
    sampling.repetitionPenalty = penalty
    sampling.topK = topK
    sampling.topP = topP
    sampling.minP = minP
    sampling.seed = seed
    return sampling
}

/// Every combination of filters and penalty, 16 in all.
func filterCombinations(temperature: Float, seed: UInt64) -> [Sampling] {
    (0..<16).map { set in
        sampling(
            temperature: temperature, penalty: set & 1 != 0 ? 1.3 : 1, topK: set & 2 != 0 ? 5 : nil,
            topP: set & 4 != 0 ? 0.85 : nil, minP: set & 8 != 0 ? 0.08 : nil, seed: seed)
    }
}
