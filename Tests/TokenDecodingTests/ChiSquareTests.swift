import TestSupport
import Testing

/// Tests the chi-square test itself with values from a table of the distribution.
@Suite struct ChiSquareTests {
    @Test(
        arguments: [
            (1, 3.841459, 0.05), (1, 10.827566, 0.001), (2, 5.991465, 0.05), (10, 18.307038, 0.05),
            (10, 3.940299, 0.95), (100, 124.342113, 0.05), (100, 77.929465, 0.95), (1000, 1074.679449, 0.05),
        ])
    func upperTail(degreesOfFreedom: Int, statistic: Double, expected: Double) {
        let p = ChiSquare.upperTail(statistic, degreesOfFreedom: degreesOfFreedom)
        #expect(abs(p / expected - 1) < 1e-5)
    }

    @Test func pooling() {
        // The last two cells expect too few samples each; pooled, they expect 6.
        let probabilities = [0.47, 0.47, 0.03, 0.03]
        let p = ChiSquare.pValue(counts: [47, 47, 6, 0], probabilities: probabilities)
        #expect(p == 1)
        #expect(ChiSquare.pValue(counts: [20, 74, 3, 3], probabilities: probabilities) < 1e-6)
    }

    @Test func impossibleSample() {
        #expect(ChiSquare.pValue(counts: [99, 1], probabilities: [1, 0]) == 0)
        #expect(ChiSquare.pValue(counts: [100, 0], probabilities: [1, 0]) == 1)
    }
}
