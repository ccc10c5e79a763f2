import CLibc

/// Checks whether a file's bytes are UTF-8 text.
package enum TextEncoding {
    /// U+FEFF in UTF-8, which some editors put at the start of a file. It is not part of the text.
    package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The length of the byte order mark at the start: 3 or 0.
    package static func markLength(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    }

    /// The offset of the first byte that is not part of valid UTF-8; nil if all are.
    package static func firstInvalid(_ bytes: [UInt8]) -> Int? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// Whether there is a zero byte, as in UTF-16 and in most files that are not text.
    package static func hasZero(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false }
    }

    /// A description of bytes that are not UTF-8 text, such as `text in UTF-16`; nil if they are text or unknown.
    package static func otherKind(_ bytes: [UInt8]) -> String? {
        if let format = formats.first(where: { bytes.starts(with: $0.start) }),
            hasZero(bytes) || firstInvalid(bytes) != nil
        {
            return format.name
        }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            return "text in UTF-32"
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || hasHalvesOfUTF16(bytes) {
            return "text in UTF-16"
        }
        return nil
    }

    /// Whether the bytes look like ASCII letters in UTF-16, which are valid UTF-8 but have a zero in every second byte.
    private static func hasHalvesOfUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4, bytes.count.isMultiple(of: 2), bytes.prefix(4).contains(0) else { return false }
        let start = bytes.prefix(1024)
        let zeros = start.indices.filter { start[$0] == 0 }
        let odd = zeros.count { !$0.isMultiple(of: 2) }
        return zeros.count * 4 >= start.count && (odd == 0 || odd == zeros.count)
    }

    /// The names of other file formats and their first bytes.
    private static let formats: [(name: String, start: [UInt8])] = [
        ("a gzip file", [0x1F, 0x8B]), ("a Zstandard file", [0x28, 0xB5, 0x2F, 0xFD]),
        ("a bzip2 file", Array("BZh".utf8)),
        ("an xz file", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), ("an LZ4 file", [0x04, 0x22, 0x4D, 0x18]),
        ("a zip file", [0x50, 0x4B, 3, 4]), ("a 7-Zip file", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        ("a Parquet file", Array("PAR1".utf8)), ("an Arrow file", Array("ARROW1".utf8)), ("a PDF", Array("%PDF-".utf8)),
        ("a GGUF file", Array("GGUF".utf8)), ("a shard of tokens", Array("LSTOKENS".utf8)),
        ("a NumPy array", [0x93] + Array("NUMPY".utf8)), ("a program", [0x7F] + Array("ELF".utf8)),
        ("an image", [0x89] + Array("PNG".utf8)), ("an image", [0xFF, 0xD8, 0xFF]),
        ("a database", Array("SQLite".utf8)),
    ]
}
