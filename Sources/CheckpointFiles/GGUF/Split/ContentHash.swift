import TensorCore

/// A 64-bit hash of bytes that arrive in pieces of any size. It tells contents apart that differ by accident; it is no
/// protection against forgery.
///
/// FNV-1a over words of eight bytes instead of single ones, because files of gigabytes are hashed; the shift lets high
/// bits change low ones.
struct ContentHash {
    private var state = FowlerNollVo.basis
    /// The bytes of an incomplete word, from the lowest.
    private var rest: UInt64 = 0
    private var restCount = 0

    /// Appends bytes.
    mutating func add(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count, restCount > 0 {
                add(bytes[index])
                index += 1
            }
            var state = state
            while index + 8 <= bytes.count {
                state = Self.mix(state, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += 8
            }
            self.state = state
            while index < bytes.count {
                add(bytes[index])
                index += 1
            }
        }
    }

    private mutating func add(_ byte: UInt8) {
        rest |= UInt64(byte) << UInt64(8 * restCount)
        restCount += 1
        guard restCount == 8 else { return }
        state = Self.mix(state, rest)
        (rest, restCount) = (0, 0)
    }

    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* FowlerNollVo.prime
        return product ^ product >> 32
    }

    /// The hash of all bytes so far.
    var value: UInt64 { Self.mix(Self.mix(state, rest), UInt64(restCount)) }
}
