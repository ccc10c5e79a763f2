import ModelTraining
import Testing

@Suite("Early exit loss")
struct EarlyExitLossTests {
    private func loss(_ scale: Double, _ curriculum: Curriculum, exits: [Int]? = nil) -> EarlyExitLoss {
        var loss = EarlyExitLoss()
        loss.scale = scale
        loss.curriculum = curriculum
        loss.exits = exits
        return loss
    }

    @Test func paperCheckValues() {
        // L = 32, e_scale = 0.2, all exits on: 124/1116 and 24/1116.
        let weights = loss(0.2, .all).weights(step: 0, of: 100, layerCount: 32)
        #expect(abs(weights[31] - 0.111) < 0.0005)
        #expect(abs(weights[15] - 0.0215) < 0.00005)
        #expect(weights[0] == 0)
    }

    @Test func weightsByHand() {
        // L = 4, e_scale = 1: e = 0, 1, 3, and 3 + (0 + 1 + 2) = 6.
        let weights = loss(1, .all).weights(step: 0, of: 10, layerCount: 4)
        let expected: [Double] = [0, 0.1, 0.3, 0.6]
        #expect(weights == expected)
        // e_scale = 0.5: 0, .5, 1.5, 4.5.
        let half = loss(0.5, .all).weights(step: 0, of: 10, layerCount: 4)
        for (found, expected) in zip(half, [0, 0.5, 1.5, 4.5].map { $0 / 6.5 }) {
            #expect(abs(found - expected) < 1e-15)
        }
    }

    @Test func weightsSumToOneOverEnabledExits() {
        // One exit and the last, normalised over these two: 3/9 and 6/9.
        let weights = loss(1, .rotational(every: 4)).weights(step: 2, of: 10, layerCount: 4)
        let importances: [Double] = [0, 0, 3, 6]
        #expect(weights == importances.map { $0 / 9 })
        for curriculum in [Curriculum.all, .none, .gradual, .rotational(every: 3), .rotational(every: 100)] {
            for step in 0..<40 {
                for layerCount in [1, 2, 7] {
                    let weights = loss(0.2, curriculum).weights(step: step, of: 40, layerCount: layerCount)
                    #expect(weights.count == layerCount)
                    #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
                    #expect(weights[layerCount - 1] > 0)
                    #expect(weights.allSatisfy { $0 >= 0 })
                }
            }
        }
    }

    @Test func switchedOffItIsTheLastLayersLoss() {
        #expect(EarlyExitLoss().weights(step: 3, of: 10, layerCount: 4) == [0, 0, 0, 1])
        #expect(loss(0, .all).weights(step: 3, of: 10, layerCount: 4) == [0, 0, 0, 1])
        #expect(loss(1, .none).weights(step: 3, of: 10, layerCount: 4) == [0, 0, 0, 1])
    }

    @Test func onlyListedExitsAndTheLast() {
        // Exits 2 and 3 are layers 1 and 2 of 6; e = 1, 3, and 5 + (0 + ... + 4) = 15.
        let weights = loss(1, .all, exits: [3, 2]).weights(step: 0, of: 10, layerCount: 6)
        let importances: [Double] = [0, 1, 3, 0, 0, 15]
        #expect(weights == importances.map { $0 / 19 })
    }

    @Test func aConstantProfileWeighsAllEarlyExitsAlike() {
        var equal = loss(0.25, .all, exits: [2, 5])
        equal.profile = .constant
        // 1/4, 1/4 and 1 for the last.
        let importances: [Double] = [0, 1, 0, 0, 1, 4]
        #expect(equal.weights(step: 0, of: 10, layerCount: 6) == importances.map { $0 / 6 })
        equal.scale = 0
        #expect(equal.weights(step: 0, of: 10, layerCount: 6) == [0, 0, 0, 0, 0, 1])
    }
}

@Suite("Curriculum")
struct CurriculumTests {
    /// The layers of 6 whose exits are on, in a run of 24 steps.
    private func enabled(_ curriculum: Curriculum, step: Int, exits: [Int]? = nil) -> [Int] {
        var loss = EarlyExitLoss()
        loss.scale = 1
        loss.curriculum = curriculum
        loss.exits = exits
        let weights = loss.weights(step: step, of: 24, layerCount: 6)
        return weights.indices.filter { weights[$0] > 0 }
    }

    @Test func rotationalShiftsByOneLayerEachStep() {
        // Every third of layers 0...5. Layer 0 has weight 0, and layer 5 is always on.
        let expected = [[3, 5], [1, 4, 5], [2, 5], [3, 5], [1, 4, 5], [2, 5]]
        #expect((0..<6).map { enabled(.rotational(every: 3), step: $0) } == expected)
    }

    @Test func rotationalTurnsOverTheListedExits() {
        // Every second of exits 3, 4, 5 (layers 2, 3, 4) and the last.
        let expected = [[2, 4, 5], [3, 5], [2, 4, 5]]
        #expect((0..<3).map { enabled(.rotational(every: 2), step: $0, exits: [3, 4, 5]) } == expected)
    }

    @Test func gradualGoesDownOneExitEveryTwelfth() {
        // T/(2L) = 24/12 = 2 steps each: all are on from step 10, before T/2 = 12.
        let expected = [
            [5], [5], [4, 5], [4, 5], [3, 4, 5], [3, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5], [1, 2, 3, 4, 5],
        ]
        #expect((0..<9).map { enabled(.gradual, step: $0) } == expected)
        #expect(enabled(.gradual, step: 23) == [1, 2, 3, 4, 5])
    }

    @Test(arguments: ["all", "none", "gradual", "rotational 8"])
    func readsWhatItWrites(_ text: String) { #expect(Curriculum(text)?.description == text) }

    @Test(arguments: ["", "rotational", "rotational 0", "rotational -1", "rotational 2 3", "every", "all all"])
    func refusesOtherWords(_ text: String) { #expect(Curriculum(text) == nil) }
}
