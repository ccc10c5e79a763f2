/// A file of records in TensorFlow's format, TFRecord, that grows record by record; after a crash each record is either
/// complete or the last and left out.
///
/// A record is its length (64 bits), the length's checksum, its bytes and their checksum, each number in little-endian
/// order.
package final class RecordLog: Sendable {
    private let path: String
    private let file: OwnedDescriptor

    /// Opens an existing log to append to it, or creates one.
    ///
    /// - Parameter isKept: whether to keep an existing record; others are removed, and so is everything from the first
    ///   damaged record on.
    /// - Throws: if the file cannot be read or written.
    package init(path: String, keeping isKept: ([UInt8]) -> Bool) throws(FileError) {
        self.path = path
        let kept = try Self.records(of: path).filter(isKept).flatMap(Self.framed)
        try TextFile.write(kept, to: path)
        file = OwnedDescriptor(
            try FileError.explaining(path, expected: "a file to write to", try SystemCalls.openForAppending(path)))
    }

    /// Appends a record.
    ///
    /// - Throws: if it cannot be written.
    package func append(_ record: [UInt8]) throws(FileError) {
        try Self.framed(record).span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try FileError.explaining(
                path, expected: "a disk that can be written to", try SystemCalls.write(bytes, to: file.number))
        }
    }

    /// The records of a log up to the first that is incomplete or damaged; empty if there is no file.
    ///
    /// - Throws: if the file cannot be read.
    package static func records(of path: String) throws(FileError) -> [[UInt8]] {
        guard case .file(let byteCount)? = SystemCalls.kind(of: path), byteCount > 0 else { return [] }
        let file = try MappedFile(path: path)
        var records: [[UInt8]] = []
        var rest = 0..<file.byteCount
        func number(_ bytes: [UInt8]) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        while rest.count >= 16 {
            let length = file.bytes(rest.lowerBound..<rest.lowerBound + 8)
            let check = file.bytes(rest.lowerBound + 8..<rest.lowerBound + 12)
            guard number(check) == MaskedChecksum.of(length), number(length) <= rest.count - 16 else { break }
            let start = rest.lowerBound + 12
            let end = start + Int(number(length))
            let record = file.bytes(start..<end)
            guard number(file.bytes(end..<end + 4)) == MaskedChecksum.of(record) else { break }
            records.append(record)
            rest = end + 4..<rest.upperBound
        }
        return records
    }

    private static func framed(_ record: [UInt8]) -> [UInt8] {
        var (length, frame) = (ByteSink(), ByteSink())
        length.append(UInt64(record.count))
        frame.append(raw: length.bytes)
        frame.append(UInt32(MaskedChecksum.of(length.bytes)))
        frame.append(raw: record)
        frame.append(UInt32(MaskedChecksum.of(record)))
        return frame.bytes
    }
}

/// The checksum of a TFRecord: CRC-32C (RFC 3720, appendix B.4), rotated and moved so that data which contains
/// checksums has no special ones.
enum MaskedChecksum {
    static func of(_ bytes: [UInt8]) -> UInt64 {
        let sum = ~bytes.reduce(~UInt32(0)) { sum, byte in
            table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
        }
        return UInt64((sum >> 15 | sum << 17) &+ 0xa282_ead8)
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
    }
}
