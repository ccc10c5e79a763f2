import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Drafts chosen among several exits, by what each of them would have drafted.
@Suite("Dynamic exits")
struct DynamicExitTests {
    /// Drafts by one exit, or looks up, and keeps what is observed of all.
    private struct Observer: Drafter {
        let draftLength: Int
        let step: DraftStep
        let exits: [Int]
        private(set) var observations: [ExitObservation] = []
        private(set) var rounds: [Int] = []

        init(draftLength: Int, _ step: DraftStep, exits: [Int]) {
            self.draftLength = draftLength
            self.step = step
            self.exits = exits
        }

        var needsConfidences: Bool { true }

        mutating func next(_ context: DraftingContext) -> DraftStep {
            switch step {
            case .rows: step
            default: context.drafted.isEmpty ? step : .done
            }
        }

        mutating func observedExits(_ costs: CostModel, layerCount: Int) -> [Int] { exits }

        mutating func learn(_ observation: ExitObservation) { observations.append(observation) }

        mutating func learn(_ round: Round) { rounds.append(round.tokens.count) }
    }

    private static let steps: [DraftStep] = [
        .rows(DraftPath(layers: 3)), .rows(DraftPath(layers: 1)), .rows(DraftPath(layers: 5, weights: .lowBit)),
        .tokens([1, 2, 3]), .cascade([4, 4, 4], DraftPath(layers: 2)), .cascade([7, 1, 2, 9], DraftPath(layers: 4)),
        .done,
    ]

    /// A trace reads the finished text once; what is observed in rounds is the same, whatever drafts.
    @Test(arguments: 0..<7) func observationsAreThoseOfATrace(index: Int) throws {
        let model = try tinyLlama(layers: 5, contextLength: 60, seed: UInt64(index))
        for sampling in [.greedy, sampling(temperature: 0.7, penalty: 1.1, seed: 3)] {
            let drafter = Observer(draftLength: 4, Self.steps[index], exits: [1, 2, 3, 4])
            var generator = try Generator(
                model, parts: DraftParts(lowBit: model), drafter: drafter, sampling: sampling, hashesLogits: true)
            try generator.prefill([3, 1, 4])
            try generator.finish()
            let text = generator.tokens
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: [3, 1, 4])
            #expect(text == plain.tokens && generator.logitHashes == plain.logitHashes)
            let observer = try #require(generator.text.drafter as? Observer)
            let trace = try #require(
                try ExitTrace(model, text: text, promptCount: 3, exitLayers: [1, 2, 3, 4], sampling: sampling))
            let drafting: Int? =
                switch Self.steps[index] {
                case .rows(let path) where path.weights == .own: path.layers
                case .cascade(_, let path): path.layers
                default: nil
                }
            for (place, exit) in trace.exitLayers.enumerated() {
                let found = observer.observations.filter { $0.exitLayer == exit }.flatMap(\.tokens)
                // The exit that drafts is observed only in rounds in which it cannot: with room for one token.
                guard exit != drafting else {
                    #expect(found.count < text.count - 3)
                    continue
                }
                #expect(found.map(\.isHit) == trace.agreements[place], "exit \(exit)")
                #expect(found.allSatisfy { (0...1).contains($0.confidence) })
            }
        }
    }

    /// The exit whose drafts pay more is used, though both begin with the same expectations.
    @Test func theBetterExitIsFound() throws {
        // The second exit is nearly the last layer; the first one is not.
        let model = try MockModel(layerCount: 40, contextLength: 1500, disagreement: 3)
        let table = [1, 101].map { (rows: $0, seconds: 1 + 0.02 * Double($0 - 1)) }
        let costs = CostModel(layer: table, head: table)
        func rounds(_ exits: [Int]) throws -> (Int, [Token]) {
            var generator = try Generator(
                model, drafter: AutoDrafter(exitLayers: exits, for: model), sampling: sampling(temperature: 1, seed: 4),
                costs: costs)
            try generator.prefill([3, 1, 2])
            try generator.finish(maxTokens: 1400)
            return (generator.statistics.accepted, generator.tokens)
        }
        let (first, text) = try rounds([2])
        let (second, sameText) = try rounds([1])
        let (both, again) = try rounds([1, 2])
        #expect(text == sameText && text == again)
        let (worse, better) = (min(first, second), max(first, second))
        #expect(better > worse + 100)
        #expect(both > (better + worse) / 2)
    }

    /// Exits are observed in every fourth round at first, and then as often as takes 1 % of the time.
    @Test func observationsAreRare() throws {
        let model = try MockModel(layerCount: 8)
        var costs = CostModel()
        costs.count(layers: 8, rows: 1, seconds: 1)
        costs.count(headRows: 1, seconds: 1)
        costs.count(observing: 3)
        for exits in [[], [2], [2, 3, 8]] {
            var drafter = try AutoDrafter(exitLayers: exits, for: model)
            let observed = (0..<1048).map { _ in drafter.observedExits(costs, layerCount: 8) }
            #expect(observed.allSatisfy { $0.isEmpty || $0 == exits.filter { $0 < 8 } })
            // One takes as long as 1.5 rounds, so 150 rounds lie between two.
            let rounds = observed.indices.filter { !observed[$0].isEmpty }
            let expected = [3, 7, 11, 15, 19, 23, 27, 31, 35, 39, 43, 47, 197, 347, 497, 647, 797, 947]
            #expect(rounds == (exits.isEmpty ? [] : expected))
        }
    }
}
