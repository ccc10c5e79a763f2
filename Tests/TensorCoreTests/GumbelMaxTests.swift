import TensorCore
import Testing

/// Gumbel noise, and a check that scoring only the columns that may win changes nothing.
@Suite("Gumbel-max")
struct GumbelMaxTests {
    /// Mean and variance of the Gumbel distribution: Euler's constant, and pi^2 / 6.
    @Test func moments() {
        let random = CounterRandom(seed: 32)
        let values = (0..<200_000).map { GumbelNoise.value(random[$0]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(mean - 0.577216) < 0.015)
        #expect(abs(variance - Double.pi * Double.pi / 6) < 0.04)
    }

    /// All 64-bit numbers with one bit set, their neighbours, and both ends.
    @Test func noiseIsFinite() {
        for bit in 0..<64 {
            for bits in [UInt64(1) << bit, (1 << bit) - 1, (1 << bit) + 1, .max] {
                #expect(GumbelNoise.value(bits).isFinite)
            }
        }
    }

    /// Several kinds of random logits, some with many equal values, some with removed ones.
    private static func rows(_ length: Int) -> [[Float]] {
        let normal = randomValues(length, seed: UInt64(length))
        return [
            normal.map { 3 * $0 },
            normal.map { $0.rounded() },
            normal.map { $0 * 0.5 - 40 },
            normal.map { 1e30 * $0 },
            Array(repeating: 2.5, count: length),
            normal.enumerated().map { $0 % 3 == 0 ? -.infinity : $1 },
            (0..<length).map { $0 == length / 2 ? -3e38 : -.infinity },
        ]
    }

    private func naive(
        _ row: [Float], _ maximum: Double, _ temperature: Float, _ random: CounterRandom
    ) -> (column: Int, score: Double) {
        let scores = row.enumerated().map { column, value in
            (Double(value) - maximum) / Double(temperature) + GumbelNoise.value(random[UInt64(column)])
        }
        let best = scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
        return (best, scores[best])
    }

    @Test(arguments: KernelTable.available, [.leastNonzeroMagnitude, 0.001, 0.3, 1, 4, 1e6, 3e38] as [Float])
    func bestOfAll(table: KernelTable, temperature: Float) {
        let context = ComputeContext.with(table)
        for length in [1, 15, 16, 17, 63, 64, 65, 500] {
            for (kind, row) in Self.rows(length).enumerated() {
                let x = Tensor(row, rows: 1, columns: length)
                let greatest = Double(context.maximum(x))
                guard greatest > -.infinity else { continue }
                for seed in 0..<60 as Range<UInt64> {
                    // A maximum that is not an f32, such as a penalized logit.
                    let maximum = seed % 3 == 0 ? greatest + abs(greatest) / 3 + 0.1 : greatest
                    let random = CounterRandom(seed: seed)
                    let expected = naive(row, maximum, temperature, random)
                    let found = context.gumbelMax(x, maximum: maximum, temperature: temperature, random)
                    let isSame =
                        found.map { $0 == expected } ?? (expected.score <= -100 && maximum > greatest)
                    #expect(isSame, "kind \(kind) of \(length), seed \(seed): not \(expected)")
                }
            }
        }
    }

    @Test(arguments: KernelTable.available) func noneOfNone(table: KernelTable) {
        let removed = Tensor(Array(repeating: -.infinity, count: 70), rows: 1, columns: 70)
        let found = ComputeContext.with(table).gumbelMax(removed, maximum: 1, temperature: 1, CounterRandom(seed: 1))
        #expect(found == nil)
    }
}
