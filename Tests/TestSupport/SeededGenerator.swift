/// The SplitMix64 generator (Steele, Lea and Flood, 2014): equal seeds give equal numbers on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts a seed's sequence.
    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A nearly normal number of mean 0 and variance 1: the sum of four uniform ones, which needs no library function.
    package mutating func normal() -> Float {
        var bits = next()
        var sum: Int64 = 0
        for _ in 0..<4 {
            sum += Int64(bits & 0xFFFF)
            bits >>= 16
        }
        // Each quarter is uniform over 0..<65536, with mean 32767.5 and standard deviation 65536 / sqrt(12).
        return (Float(sum) - 131070) / 65536 * Float(3).squareRoot()
    }
}
