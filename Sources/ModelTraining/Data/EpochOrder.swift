import TensorCore

/// The order of an epoch's sequences: a permutation of 0..<count for each seed and epoch, with random access.
///
/// A Feistel network permutes the numbers below a power of four. Results of `count` or more are permuted again until
/// they are below it (cycle walking: Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). With many
/// sequences this takes less than four rounds on average.
struct EpochOrder {
    private let count: Int
    private let random: CounterRandom
    private let halfBits: Int

    private static let label: UInt64 = 0x6461_7461  // "data"
    /// Four rounds make a permutation that hardly differs from a random one (Luby and Rackoff, 1988), but only if the
    /// halves have many values, hence `leastHalfBits`.
    private static let rounds = 6
    private static let leastHalfBits = 5

    init(count: Int, seed: UInt64, epoch: Int) {
        precondition(count > 0)
        self.count = count
        random = CounterRandom(seed: seed, Self.label, UInt64(bitPattern: Int64(epoch)))
        let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
        halfBits = max(Self.leastHalfBits, (bits + 1) / 2)
    }

    /// The sequence at an index, 0..<count.
    subscript(index: Int) -> Int {
        precondition(0..<count ~= index)
        var number = permuted(UInt64(index))
        while number >= UInt64(count) { number = permuted(number) }
        return Int(number)
    }

    private func permuted(_ number: UInt64) -> UInt64 {
        let mask = (UInt64(1) << UInt64(halfBits)) - 1
        var left = number >> UInt64(halfBits)
        var right = number & mask
        for round in 0..<Self.rounds {
            let scrambled = random[UInt64(round) << 32 | right] & mask
            (left, right) = (right, left ^ scrambled)
        }
        return left << UInt64(halfBits) | right
    }
}
