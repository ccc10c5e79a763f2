import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// A replayed text is written exactly, and the drafts that it contains are accepted.
@Suite struct ReplayTests {
    static let promptCount = 4
    static let samplings = [
        sampling(), sampling(penalty: 1.3), sampling(temperature: 0.8, seed: 3),
        sampling(temperature: 0.8, topK: 6, seed: 4),
    ]

    private let model = Result { try MockModel(contextLength: 40) }

    /// The token that the first `layers` layers choose after a text.
    private func choice(_ model: MockModel, layers: Int, after text: [Token], _ sampling: Sampling) -> Token {
        let random = CounterRandom(seed: sampling.seed, Sampler.Purpose.coupledNoise.rawValue, UInt64(text.count))
        let logits = model.logits(model.hiddenRow(after: text, layers: layers)).values
        return NaiveSampler(sampling: sampling).coupledToken(logits, history: text) { id in
            sampling.isGreedy ? 0 : GumbelNoise.value(random[UInt64(id)])
        }
    }

    /// A full context of tokens that the exit chooses two times out of three, and of others.
    private func text(_ model: MockModel, exitLayer: Int, _ sampling: Sampling) -> [Token] {
        var random = SeededGenerator(seed: sampling.seed)
        var text: [Token] = [3, 1, 4, 1]
        while text.count < model.contextLength {
            let isChosen = Int.random(in: 0..<3, using: &random) > 0
            text.append(
                isChosen
                    ? choice(model, layers: exitLayer, after: text, sampling)
                    : Token.random(in: 0..<Token(model.vocabularySize), using: &random))
        }
        return text
    }

    private func replay(
        _ text: [Token], _ model: MockModel, _ drafter: any Drafter, _ sampling: Sampling,
        _ acceptance: Acceptance = .coupled
    ) throws -> (run: DecodingRun, statistics: DecodingStatistics) {
        var generator = try Generator(
            model, drafter: drafter, sampling: sampling, acceptance: acceptance, hashesLogits: true)
        try generator.replay(text)
        try generator.prefill(Array(text.prefix(Self.promptCount)))
        try generator.finish()
        return (DecodingRun(generator), generator.statistics)
    }

    @Test(arguments: 0..<samplings.count, Acceptance.allCases)
    func theTextIsWrittenExactly(index: Int, acceptance: Acceptance) throws {
        let (model, sampling) = (try model.get(), Self.samplings[index])
        let text = text(model, exitLayer: 1, sampling)
        let plain = try replay(text, model, NoDrafter(), sampling, acceptance).run
        #expect(plain.tokens == text)
        // The model itself would write another text.
        let own = try DecodingRun(
            model, NoDrafter(), sampling, acceptance, prompt: Array(text.prefix(Self.promptCount)))
        #expect(own.tokens != text)
        let fixed = try [1, 3, 8].map { try EarlyExitDrafter(exitLayer: 1, draftLength: $0, for: model) }
        for drafter: any Drafter in fixed + [try AutoDrafter(exitLayers: [1], for: model)] {
            #expect(try replay(text, model, drafter, sampling, acceptance).run == plain, "\(drafter)")
        }
    }

    /// The hashed logits are those of the full model after each prefix of the text.
    @Test func theUsualLogitsAreHashed() throws {
        let model = try model.get()
        let text = text(model, exitLayer: 2, .greedy)
        let hashes = (Self.promptCount..<text.count).map { count in
            let logits = model.logits(after: Array(text.prefix(count)))
            return Tensor(logits, rows: 1, columns: logits.count).bitHash(row: 0)
        }
        let drafter = try EarlyExitDrafter(exitLayer: 2, draftLength: 5, for: model)
        #expect(try replay(text, model, drafter, .greedy).run.logitHashes == hashes)
    }

    /// Each draft is accepted as long as the text goes on as the exit would: counted with passes over whole prefixes.
    @Test(arguments: 0..<samplings.count, [1, 2, 4, 7])
    func draftsThatTheTextContainsAreAccepted(index: Int, draftLength: Int) throws {
        let (model, sampling) = (try model.get(), Self.samplings[index])
        let text = text(model, exitLayer: 1, sampling)
        let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: draftLength, for: model)
        let found = try replay(text, model, drafter, sampling).statistics
        var expected = DecodingStatistics()
        var written = Self.promptCount
        while written < text.count {
            let drafted = min(draftLength, text.count - written - 1)
            let accepted = (written..<written + drafted).prefix { position in
                choice(model, layers: 1, after: Array(text[..<position]), sampling) == text[position]
            }.count
            expected.count(drafted: drafted, accepted: accepted)
            written += accepted + 1
        }
        #expect(found.rounds == expected.rounds)
        #expect(found.draftedByPosition == expected.draftedByPosition)
        #expect(found.acceptedByPosition == expected.acceptedByPosition)
        #expect(found.accepted > 0 && found.accepted < found.drafted)
    }

    /// After the replayed text, and without one, the model chooses.
    @Test func theModelContinuesAfterTheText() throws {
        let model = try model.get()
        let replayed = Array(text(model, exitLayer: 1, .greedy).prefix(12))
        let drafter = try EarlyExitDrafter(exitLayer: 1, draftLength: 5, for: model)
        let continued = try DecodingRun(model, NoDrafter(), prompt: replayed).tokens
        #expect(try replay(replayed, model, drafter, .greedy).run.tokens == continued)
        let prompt = Array(replayed.prefix(Self.promptCount))
        var generator = try Generator(model, drafter: drafter)
        try generator.replay(replayed)
        generator.endReplay()
        try generator.prefill(prompt)
        try generator.finish()
        #expect(generator.tokens == (try DecodingRun(model, NoDrafter(), prompt: prompt).tokens))
    }

    @Test func logitsMustBeFinite() throws {
        let model = try model.get()
        let text = text(model, exitLayer: 1, .greedy)
        let damaged = try model.damaged(after: Array(text.prefix(20)), layers: model.layerCount, value: .nan)
        for drafter: any Drafter in [NoDrafter(), try EarlyExitDrafter(exitLayer: 1, draftLength: 5, for: model)] {
            #expect(throws: GenerationError.nonFiniteLogits(position: 20)) {
                try replay(text, damaged, drafter, .greedy)
            }
        }
    }

    @Test func unknownTokensAreAnError() throws {
        var generator = try Generator(try model.get(), drafter: NoDrafter())
        for unknown: Token in [-1, 10] {
            #expect(throws: GenerationError.unknownToken(unknown, vocabularySize: 10)) {
                try generator.replay([1, unknown])
            }
        }
    }
}
