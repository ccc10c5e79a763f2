#if _endian(big)
    #error("Checkpoint files are little-endian and are read without byte swaps, which a big-endian machine would need.")
#endif

/// Reads numbers, strings and arrays in sequence from bytes that may be damaged.
///
/// Every read checks that its bytes exist before it trusts a length or reserves memory, and advances only if it
/// succeeds. The cursor must not outlive the call that lent it the bytes.
struct ByteCursor {
    /// The file's path, for errors.
    let file: String
    /// Where the next read begins, in bytes from the start.
    private(set) var offset = 0
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer, file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The number of bytes left.
    var remaining: Int { bytes.count - offset }

    /// Reads one integer or floating-point number; any bit pattern is valid.
    mutating func number<Number: BitwiseCopyable>(
        _ what: @autoclosure () -> String, as: Number.Type = Number.self
    ) throws(CheckpointError) -> Number {
        try need(MemoryLayout<Number>.size, what)
        defer { offset += MemoryLayout<Number>.size }
        return bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// Reads `count` contiguous numbers.
    mutating func numbers<Number: BitwiseCopyable>(
        count: Int, _ what: @autoclosure () -> String, as: Number.Type = Number.self
    ) throws(CheckpointError) -> [Number] {
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Number>.stride)
        try need(overflow ? .max : byteCount, what)
        defer { offset += byteCount }
        let source = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + byteCount])
        return [Number](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            initializedCount = count
        }
    }

    /// Reads a 64-bit count of items that take at least `minimumBytes` each, and checks that the remaining bytes can
    /// hold that many and that the count is at most `limit`.
    mutating func count(
        minimumBytes: Int, atMost limit: Int, _ what: @autoclosure () -> String
    ) throws(CheckpointError) -> Int {
        let count = try number(what(), as: UInt64.self)
        let bound = min(remaining / minimumBytes, limit)
        guard count <= UInt64(bound) else {
            offset -= MemoryLayout<UInt64>.size
            let reason = bound == limit ? "" : " in the remaining bytes"
            throw failure(what(), expected: "at most \(bound)\(reason)", found: "\(count)")
        }
        return Int(count)
    }

    /// Reads a 64-bit length and that many bytes of UTF-8, repairing invalid sequences.
    mutating func string(_ what: @autoclosure () -> String) throws(CheckpointError) -> String {
        String(decoding: try text(limit: .max, what), as: UTF8.self)
    }

    /// Reads a 64-bit length and that many bytes, which must be valid UTF-8.
    mutating func identifier(limit: Int, _ what: @autoclosure () -> String) throws(CheckpointError) -> String {
        let start = offset
        let text = try text(limit: limit, what)
        guard let string = String(validating: text, as: UTF8.self) else {
            offset = start
            throw failure(what(), expected: "valid UTF-8", found: String(decoding: text, as: UTF8.self).quoted)
        }
        return string
    }

    /// An error about something in this file.
    func failure(_ what: String, expected: String, found: String) -> CheckpointError {
        CheckpointError(file: file, name: what, expected: expected, found: found)
    }

    private mutating func text(
        limit: Int, _ what: () -> String
    ) throws(CheckpointError) -> UnsafeBufferPointer<UInt8> {
        let length = try number(what(), as: UInt64.self)
        guard length <= UInt64(min(limit, remaining)) else {
            let bound = min(limit, remaining)
            offset -= MemoryLayout<UInt64>.size
            throw failure(what(), expected: "a length of at most \(bound) bytes", found: "\(length)")
        }
        defer { offset += Int(length) }
        let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)])
        return slice.assumingMemoryBound(to: UInt8.self)
    }

    private func need(_ byteCount: Int, _ what: () -> String) throws(CheckpointError) {
        guard byteCount <= remaining else {
            throw failure(
                what(), expected: "\(byteCount) bytes at offset \(offset)",
                found: "the end at \(bytes.count)")
        }
    }
}
