import ModelTraining
import Testing

@Suite("Layer dropout")
struct LayerDropoutTests {
    private func dropout(
        _ maximum: Double, _ depth: DepthProfile, _ time: TimeProfile = .constant
    ) -> LayerDropout {
        var dropout = LayerDropout()
        dropout.maximum = maximum
        dropout.depth = depth
        dropout.time = time
        return dropout
    }

    @Test(arguments: [
        // p_max = 0.2, L = 5, by hand: 2^(l/4) - 1 is 0, .18921, .41421, .68179, 1.
        (DepthProfile.exponential, [0, 0.037841, 0.082843, 0.136359, 0.2]),
        (.linear, [0, 0.05, 0.1, 0.15, 0.2]),
        (.constant, [0.2, 0.2, 0.2, 0.2, 0.2]),
    ])
    func ratesByDepth(_ profile: DepthProfile, _ expected: [Double]) {
        let dropout = dropout(0.2, profile)
        for (layer, rate) in expected.enumerated() {
            let found = dropout.probability(layer: layer, of: 5, step: 3, of: 10)
            #expect(abs(found - rate) < 1e-6, "layer \(layer): \(found)")
        }
    }

    @Test func ratesGrowFromNothingToAllOverTime() {
        // S(t) = 2^(t/(T-1)) - 1 with T = 3: 0, .41421, 1. Layer 1 of 3 has D = .41421.
        let dropout = dropout(0.5, .exponential, .exponential)
        for (step, rate) in [0, 0.085786, 0.207107].enumerated() {
            let found = dropout.probability(layer: 1, of: 3, step: step, of: 3)
            #expect(abs(found - rate) < 1e-6, "step \(step): \(found)")
        }
    }

    @Test func oneLayerAndOneStepAreNoDivisionByZero() {
        #expect(dropout(0.5, .exponential, .exponential).probability(layer: 0, of: 1, step: 0, of: 1) == 0)
        #expect(dropout(0.5, .linear).probability(layer: 0, of: 1, step: 0, of: 1) == 0)
        #expect(dropout(0.5, .constant).probability(layer: 0, of: 1, step: 0, of: 1) == 0.5)
    }

    @Test func shareOfDroppedSequencesIsTheRate() {
        let dropout = dropout(0.3, .exponential)
        for (layer, rate) in [(0, 0.0), (2, 0.3 * (1.4142135623730951 - 1)), (4, 0.3)] {
            let total = 400 * 64
            let kept = (0..<400).reduce(0) { sum, step in
                let moment = LayerDropout.Step(seed: 7, step: step, of: 400, layerCount: 5)
                return sum + dropout.kept(layer: layer, sequences: 0..<64, at: moment).count
            }
            // Five standard deviations of a binomial distribution.
            let slack = 5 * (rate * (1 - rate) * Double(total)).squareRoot()
            #expect(abs(Double(total - kept) - rate * Double(total)) <= slack, "layer \(layer)")
        }
    }

    @Test func decisionsAreTheSameAgainAndDifferByPlace() {
        let dropout = dropout(0.5, .constant)
        func kept(seed: UInt64 = 1, step: Int = 5, layer: Int = 2) -> [Int] {
            let moment = LayerDropout.Step(seed: seed, step: step, of: 10, layerCount: 4)
            return dropout.kept(layer: layer, sequences: 0..<64, at: moment)
        }
        #expect(kept() == kept())
        #expect(kept() != kept(seed: 2))
        #expect(kept() != kept(step: 6))
        #expect(kept() != kept(layer: 3))
    }

    @Test func aSequenceIsDecidedByItsNumberInTheStep() {
        // Two batches of a step drop the same sequences as one batch of twice the size.
        let dropout = dropout(0.5, .constant)
        let moment = LayerDropout.Step(seed: 1, step: 0, of: 10, layerCount: 4)
        func kept(_ sequences: Range<Int>) -> [Int] { dropout.kept(layer: 1, sequences: sequences, at: moment) }
        #expect(kept(0..<8) + kept(8..<16).map { $0 + 8 } == kept(0..<16))
        #expect(kept(0..<8) != kept(8..<16))
    }
}
