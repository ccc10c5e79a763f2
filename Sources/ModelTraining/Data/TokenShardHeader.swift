import CheckpointFiles
import LanguageModels

/// The header of a token shard, and the sizes that follow from it. All numbers are little-endian.
///
///     0   8  magic "LSTOKENS"
///     8   4  version: 2 if there is a table of scored tokens, otherwise 1
///    12   4  bytes per id: 2 if the vocabulary has at most 65,536 tokens, else 4
///    16   4  tokens in the vocabulary
///    20   4  id of the end-of-text token
///    24   8  the tokenizer's fingerprint
///    32   8  number of ids
///    40   8  number of documents
///    48  16  zeros
///    64      the ids, zeros up to a multiple of 8
///            for each document 8 bytes with its start, and 8 with the number of tokens before the first scored one
///            in version 2 a bit for each id, from the lowest of each byte on: 1 if its prediction is scored
struct TokenShardHeader: Equatable {
    static let byteCount = 64
    static let bytesPerDocument = 16
    static let largestVocabulary = Int(Int32.max)
    private static let magic = Array("LSTOKENS".utf8)

    var vocabularySize: Int
    var endOfText: Token
    var tokenizerFingerprint: UInt64
    var tokenCount = 0
    var documentCount = 0
    /// Whether there is a table of scored tokens. Without it, all tokens after a document's prompt are scored.
    var hasScores = false

    private var version: UInt32 { hasScores ? 2 : 1 }
    var bytesPerToken: Int { vocabularySize <= 1 << 16 ? 2 : 4 }
    var tokensEnd: Int { Self.byteCount + tokenCount * bytesPerToken }
    var documentsStart: Int { tokensEnd + padding }
    var documentsEnd: Int { documentsStart + documentCount * Self.bytesPerDocument }
    var fileSize: Int { documentsEnd + (hasScores ? (tokenCount + 7) / 8 : 0) }
    var padding: Int { (8 - tokensEnd % 8) % 8 }

    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: UInt32(bytesPerToken))
        bytes.append(littleEndian: UInt32(vocabularySize))
        bytes.append(littleEndian: UInt32(endOfText))
        bytes.append(littleEndian: tokenizerFingerprint)
        bytes.append(littleEndian: UInt64(tokenCount))
        bytes.append(littleEndian: UInt64(documentCount))
        return bytes + [UInt8](repeating: 0, count: Self.byteCount - bytes.count)
    }
}

extension TokenShardHeader {
    /// Reads the header of a file of `fileSize` bytes, and checks that the file has the size that it implies.
    init(_ bytes: [UInt8], file: String, fileSize: Int) throws(FileError) {
        func failure(_ name: String, _ expected: String, _ found: some Any) -> FileError {
            FileError(file: file, name: name, expected: expected, found: "\(found)")
        }
        guard bytes.starts(with: Self.magic) else {
            throw failure("", "a shard of tokens, as prepare-data makes of texts", "a file of another kind")
        }
        guard bytes.count == Self.byteCount else {
            throw failure("header", "\(Self.byteCount) bytes", bytes.count)
        }
        let version = bytes.littleEndian(at: 8, UInt32.self)
        guard 1...2 ~= version else { throw failure("version", "1 or 2, or a newer version of layerskip", version) }
        let vocabularySize = bytes.littleEndian(at: 16, UInt32.self)
        guard (1...UInt32(Self.largestVocabulary)).contains(vocabularySize) else {
            throw failure("vocabulary size", "1 to \(Self.largestVocabulary)", vocabularySize)
        }
        let endOfText = bytes.littleEndian(at: 20, UInt32.self)
        guard endOfText < vocabularySize else {
            throw failure("end-of-text token", "an id below \(vocabularySize)", endOfText)
        }
        self.init(
            vocabularySize: Int(vocabularySize), endOfText: Token(endOfText),
            tokenizerFingerprint: bytes.littleEndian(at: 24, UInt64.self))
        let bytesPerToken = bytes.littleEndian(at: 12, UInt32.self)
        guard bytesPerToken == self.bytesPerToken else {
            throw failure("bytes of an id", "\(self.bytesPerToken)", bytesPerToken)
        }
        let counts = (
            tokens: bytes.littleEndian(at: 32, UInt64.self), documents: bytes.littleEndian(at: 40, UInt64.self)
        )
        // So that the sizes below cannot overflow.
        guard counts.tokens <= fileSize, counts.documents <= fileSize else {
            throw failure("counts", "no more than \(fileSize) bytes can hold", "\(counts)")
        }
        hasScores = version == 2
        tokenCount = Int(counts.tokens)
        documentCount = Int(counts.documents)
        guard bytes[48...].allSatisfy({ $0 == 0 }) else { throw failure("header", "zeros at its end", "other bytes") }
        guard self.fileSize == fileSize else { throw failure("", "\(self.fileSize) bytes", fileSize) }
    }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// The number whose lowest byte is at an offset.
    func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(at offset: Int, _: Number.Type) -> Number {
        var number: Number = 0
        for index in (0..<Number.bitWidth / 8).reversed() { number = number << 8 | Number(self[offset + index]) }
        return number
    }
}
