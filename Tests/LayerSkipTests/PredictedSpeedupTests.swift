import Testing
import TokenDecoding

@testable import LayerSkip

@Suite("Predicted speedup")
struct PredictedSpeedupTests {
    /// Passes over up to 16 tokens, in units of a layer's pass over one.
    private func passes(
        layers: Int, head: Double, drafts: [Double] = [], cost: (Int) -> Double
    ) -> ModelCost.Passes {
        let lengths = [1, 2, 4, 8, 16]
        let points = lengths.map { ModelCost.Passes.Point(tokens: $0, cost: cost($0)) }
        return ModelCost.Passes(
            secondsPerToken: Double(layers) + head, costs: points, headCost: head, draftCosts: drafts,
            points: (
                layer: lengths.map { ($0, cost($0)) },
                head: head > 0 ? lengths.map { ($0, head * cost($0)) } : [(1, 1e-12), (16, 16e-12)]
            ),
            layerCount: layers)
    }

    /// The paper's pair: if the chance of each next draft is 80 %, 45 % of seven drafts are accepted.
    @Test func chanceAndAcceptanceRate() {
        let tokens = ModelCost.tokensPerRound(chance: 0.8, draftLength: 7)
        #expect(abs(tokens - 4.16) < 0.005)
        #expect(abs((tokens - 1) / 7 - 0.45) < 0.005)
        #expect(abs(ModelCost.chance(acceptanceRate: 0.45, draftLength: 7) - 0.8) < 0.005)
    }

    @Test(arguments: [1, 2, 6, 12]) func chanceInvertsTheAcceptanceRate(length: Int) {
        for rate in [0, 0.01, 0.45, 0.776, 1] {
            let chance = ModelCost.chance(acceptanceRate: rate, draftLength: length)
            let tokens = ModelCost.tokensPerRound(chance: chance, draftLength: length)
            #expect(abs((tokens - 1) / Double(length) - rate) < 1e-12)
        }
    }

    /// With a chance of a, i drafts in a row are accepted with probability a^i, and the next is rejected with 1 - a.
    @Test func tokensPerRoundIsTheMeanOfAllOutcomes() {
        let (chance, length) = (0.7, 5)
        var (mean, reached) = (0.0, 1.0)
        for accepted in 0..<length {
            mean += reached * (1 - chance) * Double(accepted + 1)
            reached *= chance
        }
        mean += reached * Double(length + 1)
        #expect(abs(ModelCost.tokensPerRound(chance: chance, draftLength: length) - mean) < 1e-12)
    }

    /// If a pass costs what its tokens cost, and the head nothing, a round with all drafts accepted costs as much as
    /// plain decoding.
    @Test func nothingCanBeWonWherePassesCostWhatTheirTokensCost() {
        let passes = passes(layers: 24, head: 0, cost: Double.init)
        for length in [1, 3, 7, 15] {
            #expect(abs(passes.speedup(chance: 1, exitLayer: 6, draftLength: length) - 1) < 1e-9)
            #expect(passes.speedup(chance: 0.9, exitLayer: 6, draftLength: length) < 1)
        }
    }

    /// Also where a pass over several tokens was measured as faster than one over one.
    @Test func rejectedDraftsGainNothing() {
        let passes = passes(layers: 8, head: 0.5, drafts: Array(repeating: 0.01, count: 7)) { $0 == 1 ? 1 : 0.6 }
        for length in 1...15 {
            for exit in 1...7 {
                #expect(passes.speedup(chance: 0, exitLayer: exit, draftLength: length) <= 1)
            }
        }
    }

    /// By hand: 3 drafts by 2 of 8 layers with a head of half a layer, v(4) = 1.25, every draft accepted.
    @Test func oneRoundByHand() {
        let passes = passes(layers: 8, head: 0.5) { $0 == 4 ? 1.25 : 1 }
        let round = 3 * (2 + 0.5) + 2 + (6 + 0.5) * 1.25
        #expect(abs(passes.speedup(chance: 1, exitLayer: 2, draftLength: 3) - 4 * 8.5 / round) < 1e-12)
    }

    /// By hand: drafts that take half of their share of a pass, except for the first run of their layers.
    @Test func draftsFromTheCache() {
        let passes = passes(layers: 8, head: 0.5, drafts: [0.5 * 1.5 / 8.5, 0.5 * 2.5 / 8.5]) { $0 == 4 ? 1.25 : 1 }
        let factor = (1 + 3 * 0.5) / 4
        let round = factor * (3 * (2 + 0.5) + 2) + (6 + 0.5) * 1.25
        #expect(abs(passes.speedup(chance: 1, exitLayer: 2, draftLength: 3) - 4 * 8.5 / round) < 1e-12)
    }

    /// v(6) lies between v(4) and v(8).
    @Test func costsBetweenMeasurementsAreInterpolated() {
        let passes = passes(layers: 4, head: 1) { [1: 1, 4: 1.2, 8: 2.0][$0] ?? 1 + Double($0) / 100 }
        let round = 5 * (1 + 1.0) + 1 + (3 + 1.0) * 1.6
        #expect(abs(passes.speedup(chance: 1, exitLayer: 1, draftLength: 5) - 6 * 5 / round) < 1e-12)
    }

    @Test func theBestDraftLengthIsTheBest() {
        let passes = passes(layers: 16, head: 1) { 1 + 0.05 * Double($0 * $0) }
        for chance in [0.3, 0.6, 0.9] {
            let best = passes.best(chance: chance, exitLayer: 4)
            #expect(best.speedup == passes.speedup(chance: chance, exitLayer: 4, draftLength: best.draftLength))
            for length in 1...15 {
                #expect(passes.speedup(chance: chance, exitLayer: 4, draftLength: length) <= best.speedup)
            }
        }
        let lengths = [0.3, 0.9].map { passes.best(chance: $0, exitLayer: 4).draftLength }
        #expect(lengths[0] < lengths[1])
    }
}
