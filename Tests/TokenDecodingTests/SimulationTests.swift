import LanguageModels
import TestSupport
import Testing

@testable import TokenDecoding

/// Simulated rounds are those that decoding really takes.
@Suite("Simulated rounds")
struct SimulationTests {
    private static let samplings = [
        sampling(), sampling(penalty: 1.2), sampling(temperature: 0.8, seed: 3),
        sampling(temperature: 1, penalty: 1.1, topK: 8, seed: 4),
    ]

    private func prompts(_ model: Transformer, seed: UInt64) -> [[Token]] {
        var random = SeededGenerator(seed: seed)
        return [1, 2, 9].map { count in
            (0..<count).map { _ in Token.random(in: 0..<Token(model.vocabularySize), using: &random) }
        }
    }

    /// The text that the full model writes.
    private func written(
        _ model: Transformer, _ sampling: Sampling, after prompt: [Token], maxTokens: Int
    ) throws -> [Token] {
        try DecodingRun(model, NoDrafter(), sampling, prompt: prompt, maxTokens: maxTokens).tokens
    }

    @Test(arguments: 0..<4, [1, 7, 24, .max]) func roundsOfEarlyExit(sampling index: Int, maxTokens: Int) throws {
        // In a narrow residual stream, exits often agree with the last layer.
        let model = try tinyLlama(layers: 5, seed: UInt64(11 + index))
        var accepted = 0
        for prompt in prompts(model, seed: UInt64(index)) {
            let sampling = Self.samplings[index]
            let text = try written(model, sampling, after: prompt, maxTokens: maxTokens)
            let trace = try #require(
                try ExitTrace(
                    model, text: text, promptCount: prompt.count, exitLayers: [4, 1, 2, 3], sampling: sampling))
            #expect(trace.exitLayers == [1, 2, 3, 4])
            #expect(trace.agreements.allSatisfy { $0.count == text.count - prompt.count })
            for (exit, agreements) in zip(trace.exitLayers, trace.agreements) {
                for length in [1, 2, 3, 5, 8, 40] {
                    var simulated = SimulatedRounds()
                    let limit = min(maxTokens, model.contextLength - prompt.count)
                    simulated.add(agreements: agreements, draftLength: length, limit: limit)
                    var generator = try Generator(
                        model, drafter: EarlyExitDrafter(exitLayer: exit, draftLength: length, for: model),
                        sampling: sampling)
                    try generator.prefill(prompt)
                    try generator.finish(maxTokens: maxTokens)
                    #expect(generator.tokens == text)
                    check(simulated, is: generator.statistics)
                    accepted += simulated.accepted
                }
            }
        }
        #expect(accepted > 0 || maxTokens == 1)
    }

    @Test(arguments: 0..<4) func roundsOfLookups(sampling index: Int) throws {
        // Few tokens repeat soon.
        let model = try tinyLlama(layers: 2, vocabularySize: 6, contextLength: 120, seed: UInt64(21 + index))
        var accepted = 0
        for prompt in prompts(model, seed: UInt64(index)) {
            let sampling = Self.samplings[index]
            let text = try written(model, sampling, after: prompt, maxTokens: 60)
            for length in [1, 3, 7] {
                var simulated = SimulatedRounds()
                simulated.add(lookupsIn: text, promptCount: prompt.count, draftLength: length, limit: 60)
                var generator = try Generator(model, drafter: FixedLookup(draftLength: length), sampling: sampling)
                try generator.prefill(prompt)
                try generator.finish(maxTokens: 60)
                #expect(generator.tokens == text)
                check(simulated, is: generator.statistics)
                accepted += simulated.accepted
            }
        }
        #expect(accepted > 0)
    }

    private func check(_ simulated: SimulatedRounds, is real: DecodingStatistics) {
        #expect(simulated.rounds == real.rounds)
        #expect(simulated.drafted == real.drafted)
        #expect(simulated.accepted == real.accepted)
        #expect(simulated.tokens == real.generatedTokens)
    }

    /// Drafts are shortened to the tokens that were still allowed, not to those that were written.
    @Test func aTextThatEndsEarly() {
        var rounds = SimulatedRounds()
        rounds.add(agreements: [true, true, false, true], draftLength: 3, limit: 10)
        // Two of three are accepted; then one of three, before the end.
        #expect(rounds.roundsByDrafted == [3: 2] && rounds.accepted == 3 && rounds.tokens == 4)
        rounds.add(agreements: [true, true, false, true], draftLength: 3, limit: 4)
        #expect(rounds.roundsByDrafted == [3: 3, 0: 1] && rounds.accepted == 5 && rounds.tokens == 8)
    }

    @Test func aTraceCanBeStopped() throws {
        let model = try tinyLlama()
        for limit in 0..<2 {
            var calls = 0
            let trace = try ExitTrace(
                model, text: [1, 2, 3, 4, 5], promptCount: 3, exitLayers: [1], sampling: .greedy
            ) {
                calls += 1
                return calls <= limit
            }
            #expect(trace == nil)
        }
    }

    /// By hand: 3 layers of 2 s and a head of 1 s for a row; each further row adds half.
    @Test func seconds() throws {
        let costs = CostModel(layer: [(1, 2), (5, 6)], head: [(1, 1), (5, 3)])
        var rounds = SimulatedRounds()
        rounds.add(agreements: [true, false, true, true], draftLength: 2, limit: 4)
        #expect(rounds.roundsByDrafted == [2: 1, 1: 1])
        let exit = try #require(rounds.seconds(costs, on: DraftPath(layers: 1), layers: 3, choosing: 0.25))
        // Two drafts: 2 (2 + 1) + 2, then 2 layers and the head for 3 rows; one draft: 2 + 1 + 2, then for 2 rows.
        let exitRounds: [Double] = [2 * 3 + 2, 2 * 4 + 2, 3 + 2, 2 * 3 + 1.5]
        #expect(exit.drafting == exitRounds.reduce(0, +) + 0.25 * Double(4 + 3))
        #expect(exit.plain == 4 * (7 + 0.25))
        let lookup = try #require(rounds.seconds(costs, on: nil, layers: 3, choosing: 0.25))
        let lookupRounds: [Double] = [3 * 4 + 2, 3 * 3 + 1.5]
        #expect(lookup.drafting == lookupRounds.reduce(0, +) + 0.25 * 4)
        // A copy that takes half of the time drafts with all layers, and verification runs them again.
        let copy = try #require(
            rounds.seconds(
                costs.withLowBit(share: 0.5), on: DraftPath(layers: 3, weights: .lowBit), layers: 3, choosing: 0))
        let copyRounds: [Double] = [2 * 0.5 * 7, 3 * 4 + 2, 0.5 * 7, 3 * 3 + 1.5]
        #expect(copy.drafting == copyRounds.reduce(0, +))
        #expect(rounds.seconds(costs, on: DraftPath(layers: 3, weights: .lowBit), layers: 3, choosing: 0) == nil)
        #expect(SimulatedRounds().seconds(CostModel(), on: nil, layers: 3, choosing: 0) == nil)
    }
}

/// Always drafts what a lookup finds.
private struct FixedLookup: Drafter {
    let draftLength: Int
    private var source = LookupSource()

    init(draftLength: Int) { self.draftLength = draftLength }

    mutating func next(_ context: DraftingContext) -> DraftStep {
        guard context.drafted.isEmpty else { return .done }
        source.propose(context.tokens, promptCount: context.promptCount, limit: context.limit)
        return .tokens(source.proposal[...])
    }
}
