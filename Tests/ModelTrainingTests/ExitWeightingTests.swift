import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Weights of tokens")
struct ExitWeightingTests {
    @Test func easyTokensWeighMore() {
        // Two sequences, of which the second has a single row. The last layer predicts row 1 far better than the exit.
        let weights = ExitWeighting.easyWeights(early: [[1, 5, 2]], last: [1, 1, 0.5], sequences: [0, 0, 1])[0]
        // Shares 1/2 and 1 / (1 + e^4), divided by their mean.
        let (easy, hard) = (0.5, 1 / (1 + 54.598150033144236))
        #expect(abs(weights[0] - 2 * easy / (easy + hard)) < 1e-12)
        #expect(abs(weights[1] - 2 * hard / (easy + hard)) < 1e-12)
        #expect(weights[2] == 1)
    }

    @Test func theMeanWeightOfASequenceIsOne() {
        var random = SeededGenerator(seed: 4)
        let losses = (0..<4).map { _ in (0..<50).map { _ in Double.random(in: 0...12, using: &random) } }
        let sequences = (0..<50).map { $0 / 13 }
        let weights = ExitWeighting.easyWeights(early: Array(losses[0..<3]), last: losses[3], sequences: sequences)
        for sequence in 0..<4 {
            let rows = (0..<50).filter { sequences[$0] == sequence }
            let sum = weights.reduce(0) { sum, exit in sum + rows.reduce(0) { $0 + exit[$1] } }
            #expect(abs(sum / Double(3 * rows.count) - 1) < 1e-12)
        }
        // A sequence's weights are the same without the others.
        let rows = (0..<50).filter { sequences[$0] == 2 }
        let alone = ExitWeighting.easyWeights(
            early: losses[0..<3].map { exit in rows.map { exit[$0] } }, last: rows.map { losses[3][$0] },
            sequences: rows.map { _ in 0 })
        #expect(alone == weights.map { exit in rows.map { exit[$0] } })
    }

    @Test func extremeLossesAreFinite() {
        let weights = ExitWeighting.easyWeights(
            early: [[5000, 0, 3]], last: [0, 5000, 3], sequences: [0, 1, 1])[0]
        #expect(weights[0] == 1)
        #expect(abs(weights[1] - 4.0 / 3) < 1e-12 && abs(weights[2] - 2.0 / 3) < 1e-12)
        #expect(ExitWeighting.easyWeights(early: [[.nan, 1]], last: [1, 1], sequences: [0, 0])[0][1].isNaN)
    }

    /// Weights of rows in place of a weight for all: the same bits if they are equal, and otherwise their sum.
    @Test func rowsOfCrossEntropyHaveWeights() throws {
        let compute = try ComputeContext(threads: 1)
        var random = SeededGenerator(seed: 6)
        let values = (0..<5 * 9).map { _ in random.normal() }
        let targets: [Int32] = [3, -1, 0, 8, 2]
        func result(_ loss: (Tensor) -> Tensor) -> (loss: Float, gradient: [Float]) {
            let logits = Parameter(name: "z", Tensor(values, rows: 5, columns: 9), on: compute)
            let value = loss(logits.values)
            value.backward()
            return (value.values[0], logits.gradient?.values ?? [])
        }
        let plain = result { compute.crossEntropy($0, targets: targets, weight: 0.25) }
        let equal = result { compute.crossEntropy($0, targets: targets, weights: Array(repeating: 0.25, count: 5)) }
        #expect(abs(plain.loss - equal.loss) < 1e-6 && plain.gradient == equal.gradient)
        let weights: [Float] = [2, 7, 0.5, 0, 1]
        let weighted = result { compute.crossEntropy($0, targets: targets, weights: weights) }
        let rows = compute.crossEntropy(Tensor(values, rows: 5, columns: 9), targets: targets) as [Double]
        let expected = zip(rows, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
        #expect(abs(Double(weighted.loss) - expected) < 1e-5)
        for (index, gradient) in weighted.gradient.enumerated() {
            #expect(abs(gradient - plain.gradient[index] * 4 * weights[index / 9]) < 1e-6)
        }
    }
}
