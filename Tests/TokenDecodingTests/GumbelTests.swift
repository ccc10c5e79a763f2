import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Gumbel noise, its bound, and that ruling tokens out by the bound changes nothing.
@Suite struct GumbelTests {
    @Test func ceilingIsNeverBelow() {
        // All powers of two and their neighbours, where leading zeros change; and many others.
        var patterns: [UInt64] = [0, .max]
        for bit in 0..<64 { patterns += [1 << bit, (1 << bit) - 1, (1 << bit) + 1] }
        var random = SeededGenerator(seed: 31)
        for _ in 0..<100_000 { patterns.append(random.next() >> (random.next() % 64)) }
        for bits in patterns {
            let value = GumbelNoise.value(bits)
            #expect(value.isFinite && value <= GumbelNoise.ceiling(bits), "\(bits)")
        }
    }

    /// Mean and variance of the Gumbel distribution: Euler's constant, and pi^2 / 6.
    @Test func moments() {
        let random = CounterRandom(seed: 32)
        let values = (0..<200_000).map { GumbelNoise.value(random[$0]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(mean - 0.577216) < 0.015)
        #expect(abs(variance - Double.pi * Double.pi / 6) < 0.04)
    }

    @Test(arguments: [0.001, 0.3, 1, 4, 1e6] as [Float])
    func pruningChangesNothing(temperature: Float) {
        for logits in SamplerTests.rows(500, seed: 33) {
            var candidates = Candidates(Tensor(logits, rows: 1, columns: logits.count), row: 0)
            candidates.scale(temperature: temperature)
            for seed in 0..<200 as Range<UInt64> {
                let random = CounterRandom(seed: seed)
                let scores = candidates.all.map { $0.logit + GumbelNoise.value(random[UInt64($0.id)]) }
                #expect(candidates.gumbelMax(random) == NaiveSampler.best(scores))
            }
        }
    }

    /// The order that filters leave candidates in does not matter.
    @Test func anyOrder() {
        for logits in SamplerTests.rows(60, seed: 34) {
            var candidates = Candidates(Tensor(logits, rows: 1, columns: logits.count), row: 0)
            candidates.scale(temperature: 1)
            var sorted = candidates
            sorted.keepTop(59)
            sorted.keepTop(probability: 0.999_999)
            let ids = Set(sorted.all.map(\.id))
            for seed in 0..<200 as Range<UInt64> {
                let random = CounterRandom(seed: seed)
                let chosen = candidates.gumbelMax(random)
                if ids.contains(chosen) { #expect(sorted.gumbelMax(random) == chosen) }
            }
        }
    }
}
