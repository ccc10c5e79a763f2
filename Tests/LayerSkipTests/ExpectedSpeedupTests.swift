import LayerSkip
import Testing

@Suite("Expected speedup")
struct ExpectedSpeedupTests {
    private func curve(_ cost: (Int) -> Double) -> PassCosts {
        PassCosts([1, 2, 4, 8, 16].map { PassCosts.Point(tokens: $0, cost: cost($0)) })
    }

    /// The paper's pair: if the chance of each next draft is 80 %, 45 % of seven drafts are accepted.
    @Test func chanceAndAcceptanceRate() {
        let tokens = ExpectedSpeedup.tokensPerRound(chance: 0.8, draftLength: 7)
        #expect(abs(tokens - 4.16) < 0.005)
        #expect(abs((tokens - 1) / 7 - 0.45) < 0.005)
        #expect(abs(ExpectedSpeedup.chance(acceptanceRate: 0.45, draftLength: 7) - 0.8) < 0.005)
    }

    @Test(arguments: [1, 2, 6, 12]) func chanceInvertsTheAcceptanceRate(length: Int) {
        for rate in [0, 0.01, 0.45, 0.776, 1] {
            let chance = ExpectedSpeedup.chance(acceptanceRate: rate, draftLength: length)
            let tokens = ExpectedSpeedup.tokensPerRound(chance: chance, draftLength: length)
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
        #expect(abs(ExpectedSpeedup.tokensPerRound(chance: chance, draftLength: length) - mean) < 1e-12)
    }

    /// With v(n) = n and no head, a round with all drafts accepted costs as much as plain decoding.
    @Test func nothingCanBeWonWherePassesCostWhatTheirTokensCost() {
        let expected = ExpectedSpeedup(layerCount: 24, headCost: 0, passCosts: curve(Double.init))
        for length in [1, 3, 7, 15] {
            #expect(abs(expected(chance: 1, exitLayer: 6, draftLength: length) - 1) < 1e-12)
            #expect(expected(chance: 0.9, exitLayer: 6, draftLength: length) < 1)
        }
    }

    /// By hand: 3 drafts by 2 of 8 layers with a head of half a layer, v(4) = 1.25, every draft accepted.
    @Test func oneRoundByHand() {
        let expected = ExpectedSpeedup(layerCount: 8, headCost: 0.5, passCosts: curve { $0 == 4 ? 1.25 : 1 })
        let round = 3 * (2 + 0.5) + 2 + (6 + 0.5) * 1.25
        #expect(abs(expected(chance: 1, exitLayer: 2, draftLength: 3) - 4 * 8.5 / round) < 1e-12)
    }

    @Test func theBestDraftLengthIsTheBest() {
        let expected = ExpectedSpeedup(layerCount: 16, headCost: 1, passCosts: curve { 1 + 0.05 * Double($0 * $0) })
        for chance in [0.3, 0.6, 0.9] {
            let best = expected.best(chance: chance, exitLayer: 4)
            #expect(best.speedup == expected(chance: chance, exitLayer: 4, draftLength: best.draftLength))
            for length in 1...15 {
                #expect(expected(chance: chance, exitLayer: 4, draftLength: length) <= best.speedup)
            }
        }
        let lengths = [0.3, 0.9].map { expected.best(chance: $0, exitLayer: 4).draftLength }
        #expect(lengths[0] < lengths[1])
    }

    @Test func passCostsBetweenAndBeyondWhatWasMeasured() {
        let costs = PassCosts([(8, 2.0), (1, 1.0), (4, 1.2)].map { PassCosts.Point(tokens: $0.0, cost: $0.1) })
        for (tokens, cost) in [(1, 1.0), (4, 1.2), (8, 2.0), (6, 1.6), (10, 2.4)] {
            #expect(abs(costs[tokens] - cost) < 1e-12)
        }
        #expect(costs.longest == 8)
    }
}
