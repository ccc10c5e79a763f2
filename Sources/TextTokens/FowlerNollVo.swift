/// The 64-bit hash FNV-1a, which is the same in every run, unlike Swift's own.
struct FowlerNollVo {
    /// The hash of all bytes so far.
    private(set) var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Appends a byte.
    @inline(__always)
    mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}
