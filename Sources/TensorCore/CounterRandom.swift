/// Random numbers as a function of a seed and a counter, so that any of them can be computed without those before it.
///
/// The mixing function is the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014).
package struct CounterRandom: Sendable {
    /// The seed and labels, mixed.
    let key: UInt64

    /// Creates the stream of a seed.
    package init(seed: UInt64) { key = Self.mix(seed &+ Self.step) }

    /// Creates the stream of a seed and a list of labels; different seeds or labels give different streams.
    package init(seed: UInt64, _ labels: UInt64...) {
        self = labels.reduce(CounterRandom(seed: seed)) { $0.labelled($1) }
    }

    private init(key: UInt64) { self.key = key }

    /// The stream with one more label. Unlike a list of labels, this allocates nothing.
    package func labelled(_ label: UInt64) -> CounterRandom {
        CounterRandom(key: Self.mix(key ^ Self.mix(label &+ Self.step)))
    }

    /// 64 random bits.
    package subscript(counter: UInt64) -> UInt64 { Self.mix(key &+ counter &* Self.step) }

    /// A random number strictly between 0 and 1.
    package func uniform(_ counter: UInt64) -> Double { Self.uniform(bits: self[counter]) }

    /// Converts 64 random bits to a number in (0, 1), a multiple of 2^-53.
    package static func uniform(bits: UInt64) -> Double {
        // 52 bits: with 53 the half could not be added exactly, and the largest number would round to 1.
        (Double(bits >> 12) + 0.5) * 0x1p-52
    }

    /// 2^64 divided by the golden ratio, made odd.
    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
