import CheckpointFiles

extension MappedFile {
    /// A ``WordHash`` of the whole file, as hexadecimal digits. Takes some seconds for ten gigabytes, plus the disk's
    /// time.
    var contentHash: String {
        var hash = WordHash()
        // What was read is given back, so that a large file does not fill the memory.
        let portion = 1 << 24
        for start in stride(from: 0, to: byteCount, by: portion) {
            let range = start..<min(start + portion, byteCount)
            withBytes(in: range) { bytes in hash.add(bytes) }
            release(range)
        }
        return String(hash.value, radix: 16)
    }
}

/// A hash of 64 bits over words of eight bytes. It detects mistakes, not forgeries.
///
/// For one word, each step maps different states to different states, and for one state, different words to different
/// states. So two files that differ in a single word never have the same hash.
struct WordHash {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var byteCount: UInt64 = 0

    /// - Parameter bytes: a multiple of eight of them, unless they are the last.
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
