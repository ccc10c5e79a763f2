import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Equality with a real architecture, down to the bits of the cache.
@Suite struct LlamaEqualityTests {
    static let prompt: [Token] = [7, 3, 19, 3, 0, 23]

    static let samplings =
        [sampling(), sampling(penalty: 1.5)]
        + ([0.5, 0.8, 1.3] as [Float]).flatMap { temperature in
            [
                sampling(temperature: temperature, seed: 5),
                sampling(temperature: temperature, penalty: 1.1, topK: 9, topP: 0.95, minP: 0.01, seed: 6),
            ]
        }

    @Test(arguments: samplings, CacheFormat.allCases)
    func textLogitsAndCache(_ sampling: Sampling, format: CacheFormat) throws {
        let model = try tinyLlama()
        let plain = try DecodingRun(
            model, NoDrafter(), sampling, prompt: Self.prompt, cacheFormat: format, comparesCache: true)
        #expect(plain.cacheLengths == [39, 39, 39])
        for exitLayer in 1...3 {
            for draftLength in [0, 1, 2, 5, 12] {
                let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
                let run = try DecodingRun(
                    model, drafter, sampling, prompt: Self.prompt, cacheFormat: format, comparesCache: true)
                #expect(run == plain, "exit layer \(exitLayer), draft length \(draftLength)")
            }
        }
    }

    /// Every architecture, with contexts for which LongRoPE's factors are the short ones and the long ones.
    @Test(arguments: SampleModel.all, [20, 40]) func architectures(sample: SampleModel, context: Int) throws {
        let model = try sample.model(on: ComputeContext(threads: 1))
        for sampling in [sampling(), sampling(temperature: 0.8, topP: 0.95, seed: 6)] {
            let plain = try DecodingRun(
                model, NoDrafter(), sampling, prompt: Self.prompt, context: context, comparesCache: true)
            #expect(plain.tokens.count == context)
            for (exitLayer, draftLength) in [(1, 4), (2, 6), (3, 2), (4, 12)] {
                let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
                let run = try DecodingRun(
                    model, drafter, sampling, prompt: Self.prompt, context: context, comparesCache: true)
                #expect(run == plain, "exit layer \(exitLayer), draft length \(draftLength)")
            }
        }
    }

    /// Tokens that were accepted and then removed leave no trace, whatever comes next.
    @Test(arguments: [sampling(), sampling(temperature: 0.8, penalty: 1.3, topP: 0.9, seed: 3)])
    func takingBack(_ sampling: Sampling) throws {
        let model = try tinyLlama()
        let drafter = try EarlyExitDrafter(exitLayer: 2, draftLength: 6, for: model)
        for kept in Self.prompt.count...25 {
            var plain = try Generator(model, drafter: NoDrafter(), sampling: sampling, hashesLogits: true)
            try plain.prefill(Self.prompt)
            try plain.finish(maxTokens: kept - Self.prompt.count)
            var generator = try Generator(model, drafter: drafter, sampling: sampling, hashesLogits: true)
            try generator.prefill(Self.prompt)
            try generator.finish(maxTokens: 25)
            generator.keep(kept)
            #expect(DecodingRun(generator) == DecodingRun(plain))
            #expect(generator.statistics.generatedTokens == kept - Self.prompt.count)

            try plain.finish()
            try generator.finish()
            #expect(DecodingRun(generator) == DecodingRun(plain))
        }
    }

    @Test func threads() throws {
        let sampling = sampling(temperature: 0.8, seed: 9)
        let plain = try DecodingRun(
            tinyLlama(threads: 1), NoDrafter(), sampling, prompt: Self.prompt, comparesCache: true)
        let model = try tinyLlama(threads: 3)
        let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: 4, for: model)
        #expect(try DecodingRun(model, drafter, sampling, prompt: Self.prompt, comparesCache: true) == plain)
    }

    /// Early exit is plain decoding with fewer layers: it gives the text of a model with only these layers, and the
    /// tokens that a naive loop takes from the exit's logits.
    @Test(arguments: 1...3)
    func earlyExit(exitLayer: Int) throws {
        let model = try tinyLlama()
        let run = try DecodingRun(
            model, exitLayer: exitLayer, NoDrafter(), prompt: Self.prompt, comparesCache: true)
        #expect(
            try run
                == DecodingRun(
                    Truncated(model, exitLayer: exitLayer), NoDrafter(), prompt: Self.prompt, comparesCache: true))
        var text = Self.prompt
        while text.count < model.contextLength {
            let logits = model.logits(model.hiddenRow(after: text, layers: exitLayer)).values
            text.append(NaiveSampler.best(logits.map { Double($0) }))
        }
        #expect(run.tokens == text)
        #expect(run.cacheLengths == Array(repeating: 39, count: exitLayer))
    }
}
