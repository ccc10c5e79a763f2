import TensorCore
import Testing

@Suite("Random numbers by counter")
struct CounterRandomTests {
    /// A seed must give the same numbers forever, because sampled texts and shuffled data are reproduced from it.
    @Test func numbersNeverChange() {
        #expect(CounterRandom(seed: 0)[0] == 0x4821_8226_ff3c_d4bf)
        #expect(CounterRandom(seed: 0)[.max] == 0xf85d_2851_2d08_1c40)
        #expect(CounterRandom(seed: 1, 2, 3)[5] == 0x049b_e18e_3adf_9554)
    }

    @Test func orderDoesNotMatter() {
        let random = CounterRandom(seed: 7, 1)
        let forward = (0..<100).map { random[$0] }
        #expect((0..<100).reversed().map { CounterRandom(seed: 7, 1)[$0] } == forward.reversed())
    }

    /// Different seeds, labels, orders of labels and numbers of labels give different streams.
    @Test func streamsAreDistinct() {
        var streams = (0..<50).map { CounterRandom(seed: $0) }
        streams += (0..<50).map { CounterRandom(seed: 0, $0) }
        streams += (0..<50).map { CounterRandom(seed: 0, 0, $0) }
        streams += [CounterRandom(seed: 0, 3, 2), CounterRandom(seed: 0, 2, 3), CounterRandom(seed: 0, 2, 2)]
        let numbers = streams.flatMap { stream in (0..<200).map { stream[$0] } }
        #expect(Set(numbers).count == numbers.count)
    }

    /// Chi-square over 256 bins for the numbers and for the differences between neighbouring streams.
    @Test func numbersAreEvenlySpread() {
        for label in 0..<8 as Range<UInt64> {
            let (one, next) = (CounterRandom(seed: 1, label), CounterRandom(seed: 1, label + 1))
            let count: UInt64 = 65_536
            #expect(isEven((0..<count).map { Int(one.uniform($0) * 256) }))
            #expect(isEven((0..<count).map { Int(truncatingIfNeeded: one[$0] & 255) }))
            #expect(isEven((0..<count).map { Int(truncatingIfNeeded: (one[$0] ^ next[$0]) >> 30 & 255) }))
        }
    }

    private func isEven(_ bins: [Int]) -> Bool {
        var counts = [Double](repeating: 0, count: 256)
        for bin in bins { counts[bin] += 1 }
        let mean = Double(bins.count) / 256
        let chiSquare = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
        // 255 degrees of freedom: mean 255, standard deviation 22.6; the limits are five deviations away.
        return (142...368).contains(chiSquare)
    }

    /// Neither 0 nor 1 may occur, because a logarithm follows. The mixing is invertible, so the test can request the
    /// extremes.
    @Test func uniformNumbersHaveNoEnds() {
        let random = CounterRandom(seed: 5)
        let key = unmixed(random[0])
        for extreme in [UInt64.max, 0, 1, UInt64.max - 1, UInt64.max << 11] {
            let counter = (unmixed(extreme) &- key) &* inverse(0x9e37_79b9_7f4a_7c15)
            #expect(random[counter] == extreme)
            #expect(random.uniform(counter) > 0 && random.uniform(counter) < 1)
        }
    }

    private func unmixed(_ value: UInt64) -> UInt64 {
        var z = value ^ (value >> 31) ^ (value >> 62)
        z = z &* inverse(0x94d0_49bb_1331_11eb)
        z = (z ^ (z >> 27) ^ (z >> 54)) &* inverse(0xbf58_476d_1ce4_e5b9)
        return z ^ (z >> 30) ^ (z >> 60)
    }

    /// The inverse of an odd number modulo 2^64, by Newton's iteration.
    private func inverse(_ odd: UInt64) -> UInt64 {
        (0..<6).reduce(odd) { inverse, _ in inverse &* (2 &- odd &* inverse) }
    }
}
