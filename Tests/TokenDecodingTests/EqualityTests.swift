import LanguageModels
import Testing

@testable import TokenDecoding

/// Drafts never change the text: self-speculative text equals plain text, and so does each row of logits.
@Suite struct EqualityTests {
    static let prompt: [Token] = [3, 1, 4, 1, 5]

    /// Some sampling options, at temperatures at which drafts may disagree.
    static let samplings =
        [sampling(), sampling(penalty: 1.4)]
        + [(0.5, 1), (0.8, 2), (1.3, 3)].flatMap { temperature, seed in
            [
                sampling(temperature: temperature, seed: seed),
                sampling(temperature: temperature, penalty: 1.2, topK: 6, topP: 0.9, minP: 0.02, seed: seed),
            ]
        }

    @Test(arguments: 0...12)
    func everyExitLayer(draftLength: Int) throws {
        let model = try MockModel(layerCount: 4)
        for sampling in Self.samplings {
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: Self.prompt)
            #expect(plain.tokens.count == model.contextLength)
            for exitLayer in 1...4 {
                let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
                let run = try DecodingRun(model, drafter, sampling, prompt: Self.prompt)
                #expect(run == plain, "exit layer \(exitLayer), \(sampling)")
            }
        }
    }

    @Test(arguments: [0.5, 0.8, 1.3] as [Float], [1, 2, 3] as [UInt64])
    func everyFilter(temperature: Float, seed: UInt64) throws {
        let model = try MockModel(vocabularySize: 17, disagreement: 1.5, seed: seed)
        for sampling in filterCombinations(temperature: temperature, seed: seed) {
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: Self.prompt)
            for draftLength in [1, 4, 12] {
                let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: draftLength, for: model)
                let run = try DecodingRun(model, drafter, sampling, prompt: Self.prompt)
                #expect(run == plain, "draft length \(draftLength), \(sampling)")
            }
        }
    }

    @Test(arguments: 1...20)
    func everyTokenLimit(maxTokens: Int) throws {
        let model = try MockModel()
        for sampling in Self.samplings {
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: Self.prompt, maxTokens: maxTokens)
            #expect(plain.tokens.count == Self.prompt.count + maxTokens)
            for draftLength in [1, 3, 7, 12] {
                let drafter = try EarlyExitDrafter(exitLayer: 2, draftLength: draftLength, for: model)
                let run = try DecodingRun(model, drafter, sampling, prompt: Self.prompt, maxTokens: maxTokens)
                #expect(run == plain, "draft length \(draftLength), \(sampling)")
            }
        }
    }

    @Test(arguments: 2...12)
    func everyContextLength(contextLength: Int) throws {
        let model = try MockModel(contextLength: contextLength)
        for promptCount in 1..<contextLength {
            let prompt = (0..<Token(promptCount)).map { $0 % 10 }
            let plain = try DecodingRun(model, NoDrafter(), prompt: prompt)
            #expect(plain.tokens.count == contextLength)
            for draftLength in [1, 4, 20] {
                let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: draftLength, for: model)
                #expect(try DecodingRun(model, drafter, prompt: prompt) == plain)
            }
        }
    }

    /// Coupled draws agree more often than independent ones would.
    @Test func couplingHelps() throws {
        let model = try MockModel(disagreement: 0.5)
        var rates: [Acceptance: Double] = [:]
        for acceptance in Acceptance.allCases {
            var statistics = DecodingStatistics()
            for seed in 0..<200 as Range<UInt64> {
                let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: 1, for: model)
                var generator = try Generator(
                    model, drafter: drafter, sampling: sampling(temperature: 1.3, seed: seed), acceptance: acceptance)
                try generator.prefill(Self.prompt)
                try generator.finish()
                statistics.add(generator.statistics)
            }
            rates[acceptance] = statistics.acceptanceRate
        }
        // Rejection accepts the overlap of both distributions, the maximum for any rule; coupling loses little.
        let most = try #require(rates[.rejection])
        let coupled = try #require(rates[.coupled])
        #expect(most > 0.8 && most < 0.99)
        #expect(coupled > most - 0.1)
    }
}
