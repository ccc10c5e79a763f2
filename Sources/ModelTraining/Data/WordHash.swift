import CheckpointFiles

extension MappedFile {
    /// The ``WordHash`` of the whole file, in hexadecimal. Ten gigabytes take a few seconds, plus the time of the disk.
    var contentHash: String {
        var hash = WordHash()
        // Releases each portion, so that a large file does not fill the memory.
        let portion = 1 << 24
        for start in stride(from: 0, to: byteCount, by: portion) {
            let range = start..<min(start + portion, byteCount)
            withBytes(in: range) { bytes in hash.add(bytes) }
            release(range)
        }
        return String(hash.value, radix: 16)
    }
}

/// A 64-bit hash over words of eight bytes. It detects accidental changes, not forgeries.
///
/// Each step is one-to-one in the state for a fixed word, and in the word for a fixed state. So two files that differ
/// in a single word never have the same hash.
struct WordHash {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var byteCount: UInt64 = 0

    /// - Parameter bytes: their number is a multiple of eight, unless they are the last.
    mutating func add(_ bytes: RawSpan) {
        let whole = bytes.byteCount / 8 * 8
        var state = state
        for offset in stride(from: 0, to: whole, by: 8) {
            Self.mix(
                unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian, into: &state)
        }
        var rest: UInt64 = 0
        for offset in (whole..<bytes.byteCount).reversed() {
            rest = rest << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
        if whole < bytes.byteCount { Self.mix(rest, into: &state) }
        self.state = state
        byteCount += UInt64(bytes.byteCount)
    }

    var value: UInt64 {
        var state = state
        Self.mix(byteCount, into: &state)
        return state ^ state >> 32
    }

    @inline(__always)
    private static func mix(_ word: UInt64, into state: inout UInt64) {
        let mixed = (state ^ word) &* 0xD6E8_FEB8_6659_FD93
        state = mixed << 29 | mixed >> 35
    }
}
