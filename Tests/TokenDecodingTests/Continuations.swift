import LanguageModels

@testable import TokenDecoding

/// All texts of three tokens that can follow a prompt, counted or enumerated.
struct Continuations {
    let model: MockModel
    var prompt: [Token]
    let sampling: Sampling

    /// Enough samples to detect an error of one percent in a common text. A debug build is about ten times slower.
    static var defaultSampleCount: Int {
        #if DEBUG
            20_000
        #else
            200_000
        #endif
    }

    private static let length = 3
    private var vocabulary: Int { model.vocabularySize }

    /// The exact probability of each text: the product of its tokens' probabilities.
    func probabilities() -> [Double] {
        let sampler = NaiveSampler(sampling: sampling)
        var texts: [(tokens: [Token], probability: Double)] = [([], 1)]
        for _ in 0..<Self.length {
            texts = texts.flatMap { text, probability in
                let history = prompt + text
                let next =
                    probability > 0
                    ? sampler.probabilities(model.logits(after: history), history: history)
                    : Array(repeating: 0, count: vocabulary)
                return next.enumerated().map { (text + [Token($0.offset)], probability * $0.element) }
            }
        }
        return texts.map(\.probability)
    }

    /// Counts how often each text is generated, each time with another seed.
    func counts(
        _ drafter: any Drafter, _ acceptance: Acceptance, parts: DraftParts<MockModel> = DraftParts(),
        samples: Int = defaultSampleCount,
        firstSeed: UInt64 = 0, costs: CostModel = CostModel(), statistics: inout DecodingStatistics,
        residual: @escaping TokenStream.Residual = Distribution.residual
    ) throws -> [Int] {
        var counts = Array(repeating: 0, count: vocabulary * vocabulary * vocabulary)
        var sampling = sampling
        for seed in 0..<UInt64(samples) {
            sampling.seed = firstSeed + seed
            var generator = try Generator(
                model, drafter: drafter, sampling: sampling, acceptance: acceptance, hashesLogits: false,
                parts: parts, costs: costs, residual: residual)
            try generator.prefill(prompt)
            while generator.tokens.count < prompt.count + Self.length {
                // One more than needed, so that drafts of three tokens are not shortened.
                _ = try generator.nextRound(limit: Self.length + 1)
            }
            let text = generator.tokens[prompt.count..<prompt.count + Self.length]
            counts[text.reduce(0) { $0 * vocabulary + Int($1) }] += 1
            statistics.add(generator.statistics)
        }
        return counts
    }
}
