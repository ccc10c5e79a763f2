public import CheckpointFiles
public import LanguageModels

/// A memory-mapped file of token ids, document after document, each with end-of-text as its last token.
///
/// Everything in the file is checked before use: the header and the table of documents when it is opened, each id when
/// it is read. `TokenShardHeader` describes the layout.
public struct TokenShard: Sendable {
    /// A text, or a prompt with its answer.
    public struct Document: Sendable, Equatable {
        /// The range of its tokens in the shard, including end-of-text.
        public let tokens: Range<Int>
        /// The number of tokens before the first that is scored, such as those of a prompt; fewer than the document has.
        public let promptLength: Int
    }

    let file: MappedFile
    private let header: TokenShardHeader
    /// The documents in order. Together they contain all tokens.
    public let documents: [Document]

    /// Maps the shard at a path.
    ///
    /// - Throws: if it cannot be read, is not a shard, or is damaged.
    public init(path: String) throws(FileError) {
        file = try MappedFile(path: path)
        header = try TokenShardHeader(
            file.bytes(0..<min(file.byteCount, TokenShardHeader.byteCount)), file: path, fileSize: file.byteCount)
        documents = try Self.documents(of: file, header)
        try file.checkUnchanged()
    }

    /// The path as given.
    public var path: String { file.path }
    /// The number of tokens in the vocabulary. Every id is below it.
    public var vocabularySize: Int { header.vocabularySize }
    /// The token that ends each document.
    public var endOfText: Token { header.endOfText }
    /// The tokenizer's `TokenizerDefinition.fingerprint`.
    public var tokenizerFingerprint: UInt64 { header.tokenizerFingerprint }
    /// The number of tokens.
    public var tokenCount: Int { header.tokenCount }
    /// The number of documents that begin with a prompt.
    public var promptedDocumentCount: Int { documents.count { $0.promptLength > 0 } }
    /// Whether there are tokens that are not scored, in prompts or between answers.
    var hasUnscoredTokens: Bool { header.hasScores || promptedDocumentCount > 0 }

    /// Returns the ids of a range of tokens.
    ///
    /// - Throws: if an id is not in the vocabulary, or the file has changed since it was opened.
    public func tokens(in range: Range<Int>) throws(FileError) -> [Token] {
        precondition(range.lowerBound >= 0 && range.upperBound <= tokenCount, "tokens beyond the end of \(path)")
        let size = header.bytesPerToken
        let start = TokenShardHeader.byteCount
        let tokens = file.withBytes(in: start + range.lowerBound * size..<start + range.upperBound * size) { bytes in
            // Aligned: the file is mapped at the start of a page, and ids begin at byte 64.
            unsafe bytes.withUnsafeBytes { bytes in
                size == 2
                    ? unsafe bytes.assumingMemoryBound(to: UInt16.self).map { Token($0) }
                    : unsafe bytes.assumingMemoryBound(to: UInt32.self).map { Token(bitPattern: $0) }
            }
        }
        if let bad = tokens.firstIndex(where: { $0 < 0 || $0 >= vocabularySize }) {
            throw FileError(
                file: path, name: "token \(range.lowerBound + bad)", expected: "an id below \(vocabularySize)",
                found: "\(UInt32(bitPattern: tokens[bad]))")
        }
        try file.checkUnchanged()
        return tokens
    }

    /// Returns whether each of a range of tokens is scored; nil if all are that come after their document's prompt.
    func scores(in range: Range<Int>) -> [Bool]? {
        guard header.hasScores, !range.isEmpty else { return nil }
        let first = range.lowerBound / 8
        let start = header.documentsEnd + first
        let bytes = file.bytes(start..<header.documentsEnd + (range.upperBound + 7) / 8)
        return range.map { bytes[$0 / 8 - first] >> ($0 % 8) & 1 == 1 }
    }

    /// Returns the first tokens of the documents that begin within a range of tokens.
    func documentStarts(in range: Range<Int>) -> [Int] {
        var (low, high) = (0, documents.count)
        while low < high {
            let middle = (low + high) / 2
            if documents[middle].tokens.lowerBound < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return documents[low...].lazy.map(\.tokens.lowerBound).prefix { $0 < range.upperBound }.map(\.self)
    }

    /// Checks that the shard was made by the tokenizer that the model uses.
    ///
    /// - Throws: if it was made by another one.
    public func check(tokenizerFingerprint: UInt64, vocabularySize: Int) throws(FileError) {
        func hexadecimal(_ fingerprint: UInt64) -> String { String(fingerprint, radix: 16) }
        guard vocabularySize == self.vocabularySize, tokenizerFingerprint == self.tokenizerFingerprint else {
            throw FileError(
                file: path, name: "tokenizer",
                expected: "\(hexadecimal(tokenizerFingerprint)) with \(vocabularySize) tokens",
                found: "\(hexadecimal(self.tokenizerFingerprint)) with \(self.vocabularySize); "
                    + "repeat prepare-data with the model as its tokenizer")
        }
    }
}

extension TokenShard {
    private static func documents(
        of file: MappedFile, _ header: TokenShardHeader
    ) throws(FileError) -> [Document] {
        let table = file.bytes(header.documentsStart..<header.documentsEnd)
        let numbers = (0..<header.documentCount * 2).map { table.littleEndian(at: $0 * 8, UInt64.self) }
        var documents: [Document] = []
        documents.reserveCapacity(header.documentCount)
        for index in 0..<header.documentCount {
            let start = numbers[2 * index]
            let end = index + 1 < header.documentCount ? numbers[2 * index + 2] : UInt64(header.tokenCount)
            let expectedStart = UInt64(documents.last?.tokens.upperBound ?? 0)
            guard start == expectedStart, start < end, end <= header.tokenCount else {
                throw FileError(
                    file: file.path, name: "document \(index)",
                    expected: "tokens from \(expectedStart) on, up to \(header.tokenCount) at most",
                    found: "\(start) to \(end)")
            }
            guard numbers[2 * index + 1] < end - start else {
                throw FileError(
                    file: file.path, name: "prompt of document \(index)",
                    expected: "fewer than its \(end - start) tokens", found: "\(numbers[2 * index + 1])")
            }
            documents.append(Document(tokens: Int(start)..<Int(end), promptLength: Int(numbers[2 * index + 1])))
        }
        guard documents.last?.tokens.upperBound ?? 0 == header.tokenCount else {
            throw FileError(
                file: file.path, name: "documents", expected: "all \(header.tokenCount) tokens", found: "none")
        }
        return documents
    }
}
