import LanguageModels
import TensorCore
import Testing

@testable import TokenDecoding

/// Plain decoding compared with a loop without cache or rounds and with a naive sampler.
@Suite struct PlainDecodingTests {
    @Test(arguments: [0, 0.5, 1.3] as [Float])
    func naiveLoop(temperature: Float) throws {
        let model = try MockModel(contextLength: 24)
        for sampling in filterCombinations(temperature: temperature, seed: 11) {
            let run = try DecodingRun(model, NoDrafter(), sampling, prompt: [2, 9])
            var text: [Token] = [2, 9]
            while text.count < model.contextLength {
                let random = CounterRandom(
                    seed: sampling.seed, Sampler.Purpose.coupledNoise.rawValue, UInt64(text.count))
                text.append(
                    NaiveSampler(sampling: sampling).coupledToken(model.logits(after: text), history: text) { id in
                        temperature == 0 ? 0 : GumbelNoise.value(random[UInt64(id)])
                    })
            }
            #expect(run.tokens == text, "\(sampling)")
        }
    }

    /// One row of logits is hashed for each token, in order.
    @Test func logitHashes() throws {
        let model = try MockModel(contextLength: 24)
        let run = try DecodingRun(model, NoDrafter(), prompt: [2, 9])
        let hashes = (2..<24).map { count in
            let logits = model.logits(after: Array(run.tokens.prefix(count)))
            return Tensor(logits, rows: 1, columns: logits.count).bitHash(row: 0)
        }
        #expect(run.logitHashes == hashes)
    }
}
