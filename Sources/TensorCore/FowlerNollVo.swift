/// The 64-bit hash FNV-1a, which is the same in every run, unlike Swift's own. It tells contents apart that differ by
/// accident; it is no protection against forgery.
package struct FowlerNollVo {
    @inlinable package static var basis: UInt64 { 0xcbf2_9ce4_8422_2325 }
    @inlinable package static var prime: UInt64 { 0x100_0000_01b3 }

    /// The hash of all bytes so far.
    package var value = Self.basis

    @inlinable package init() {}

    /// Hashes bytes.
    @inlinable package init(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }

    /// Appends a byte.
    @inlinable package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* Self.prime }
}
