import LanguageModels
import TensorCore
import Testing

@testable import TokenDecoding

/// NaN or infinity among logits is an error that names the position, and never becomes a token.
@Suite struct NonFiniteTests {
    static let prompt: [Token] = [3, 1, 4]
    static let values: [Float] = [.nan, .infinity, -.infinity]

    static let samplings: [(Sampling, Acceptance)] = [
        (sampling(), .coupled), (sampling(penalty: 1.3), .coupled), (sampling(temperature: 0.8, seed: 2), .coupled),
        (sampling(temperature: 0.8, topK: 5, seed: 2), .rejection),
    ]

    /// Returns the text until the error, and the error.
    private func failure(
        _ model: MockModel, _ drafter: some Drafter, _ options: (Sampling, Acceptance)
    ) throws -> (tokens: [Token], error: GenerationError?) {
        var generator = try Generator(model, drafter: drafter, sampling: options.0, acceptance: options.1)
        try generator.prefill(Self.prompt)
        do {
            while generator.room > 0 { _ = try generator.nextRound(limit: generator.room) }
        } catch {
            return (generator.tokens, error)
        }
        return (generator.tokens, nil)
    }

    @Test(arguments: 0..<4, values)
    func fullModel(sampling: Int, value: Float) throws {
        let options = Self.samplings[sampling]
        let model = try MockModel(contextLength: 20)
        for draftLength in [0, 1, 4, 9] {
            let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: draftLength, for: model)
            let text = try DecodingRun(model, drafter, options.0, options.1, prompt: Self.prompt).tokens
            for position in Self.prompt.count..<text.count {
                let damaged = try model.damaged(
                    after: Array(text.prefix(position)), layers: model.layerCount, value: value)
                let (tokens, error) = try failure(damaged, drafter, options)
                #expect(error == .nonFiniteLogits(position: position))
                #expect(tokens.count <= position && tokens == Array(text.prefix(tokens.count)))
            }
        }
    }

    /// Non-finite logits of an early exit are not an error: the text is the full model's.
    @Test(arguments: 0..<4, values)
    func drafts(sampling: Int, value: Float) throws {
        let options = Self.samplings[sampling]
        let model = try MockModel(contextLength: 20)
        let drafter = try EarlyExitDrafter(exitLayer: 2, draftLength: 4, for: model)
        let text = try DecodingRun(model, drafter, options.0, options.1, prompt: Self.prompt).tokens
        for position in Self.prompt.count..<text.count {
            let damaged = try model.damaged(after: Array(text.prefix(position)), layers: 2, value: value)
            let (tokens, error) = try failure(damaged, drafter, options)
            // Rejection is exact only in distribution: when a draft ends early, other random numbers are drawn.
            #expect(error == nil && (tokens == text || options.1 == .rejection && tokens.count == text.count))
        }
    }

    /// Rows after a rejected token follow a text that was discarded, so their logits are not read.
    @Test func rowsBehindARejection() throws {
        let model = try MockModel(contextLength: 20)
        let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: 4, for: model)
        let options = Self.samplings[0]
        let text = try DecodingRun(model, drafter, prompt: Self.prompt).tokens
        var generator = try Generator(model, drafter: drafter)
        try generator.prefill(Self.prompt)
        var found = 0
        while generator.room > 0 {
            let before = generator.tokens
            var drafts: [Token] = []
            let accepted = try generator.nextRound(limit: .max) { token, _ in drafts.append(token) }.accepted
            guard accepted < drafts.count else { continue }
            for count in accepted + 1...drafts.count {
                let damaged = try model.damaged(
                    after: before + drafts.prefix(count), layers: model.layerCount, value: .nan)
                #expect(try failure(damaged, drafter, options) == (text, nil))
                found += 1
            }
        }
        #expect(found > 5)
    }

    /// Keys beyond F16's range are an error with an F16 cache, and with no other.
    @Test(arguments: CacheFormat.allCases) func keysBeyondTheCachesRange(format: CacheFormat) throws {
        let model = try tinyLlama(keySize: 1e6)
        for draftLength in [0, 3] {
            let drafter = try EarlyExitDrafter(exitLayer: 2, draftLength: draftLength, for: model)
            var generator = try Generator(model, drafter: drafter, cacheFormat: format)
            try generator.prefill(Self.prompt)
            if format == .f16 {
                #expect(throws: GenerationError.nonFiniteLogits(position: 3, halfCache: true)) {
                    try generator.nextRound(limit: 4)
                }
            } else {
                try generator.finish()
                #expect(generator.tokens.count == model.contextLength)
            }
        }
    }

    @Test func message() {
        #expect(
            "\(GenerationError.nonFiniteLogits(position: 12))"
                == "logits at position 12: expected finite numbers, found NaN or infinity; the weights may be damaged")
    }

    /// A new prompt makes a generator usable again.
    @Test func recovery() throws {
        let model = try MockModel(contextLength: 20)
        let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: 4, for: model)
        let damaged = try model.damaged(after: Self.prompt, layers: model.layerCount, value: .nan)
        var generator = try Generator(damaged, drafter: drafter, hashesLogits: true)
        try generator.prefill(Self.prompt)
        #expect(throws: GenerationError.nonFiniteLogits(position: 3)) { try generator.nextRound(limit: 9) }
        try generator.prefill(Self.prompt + [2])
        try generator.finish()
        let expected = try DecodingRun(model, drafter, prompt: Self.prompt + [2], comparesCache: true)
        #expect(DecodingRun(generator) == expected)
    }
}
