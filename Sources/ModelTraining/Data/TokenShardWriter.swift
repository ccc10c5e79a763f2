package import CheckpointFiles
package import LanguageModels

/// A writer of a token shard, document by document. The shard gets its name only when it is complete.
package struct TokenShardWriter: ~Copyable {
    private let file: ReplacementFile
    private var header: TokenShardHeader
    private var documents: [UInt8] = []
    private var buffer: [UInt8]
    private static let bufferSize = 1 << 20

    /// Starts a shard. It appears at `path` only with ``commit()``.
    ///
    /// - Throws: if the file cannot be created.
    package init(
        path: String, vocabularySize: Int, endOfText: Token, tokenizerFingerprint: UInt64
    ) throws(FileError) {
        precondition(0..<vocabularySize ~= Int(endOfText) && vocabularySize <= TokenShardHeader.largestVocabulary)
        header = TokenShardHeader(
            vocabularySize: vocabularySize, endOfText: endOfText, tokenizerFingerprint: tokenizerFingerprint)
        file = try ReplacementFile(path, rewritesStart: true)
        buffer = header.bytes
    }

    /// The number of tokens so far.
    package var tokenCount: Int { header.tokenCount }
    /// The number of documents so far.
    package var documentCount: Int { header.documentCount }

    /// Appends a document and the end-of-text token.
    ///
    /// - Parameters:
    ///   - tokens: the document's ids, all in the vocabulary.
    ///   - promptLength: the number of leading tokens that are a prompt, whose prediction is not scored.
    /// - Throws: if the file cannot be written.
    package mutating func append(_ tokens: [Token], promptLength: Int = 0) throws(FileError) {
        precondition(promptLength >= 0 && promptLength <= tokens.count, "a prompt is part of its document")
        documents.append(littleEndian: UInt64(header.tokenCount))
        documents.append(littleEndian: UInt64(promptLength))
        for token in tokens { append(token) }
        append(header.endOfText)
        header.tokenCount += tokens.count + 1
        header.documentCount += 1
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Completes the shard and moves it to its path.
    ///
    /// - Throws: if the file cannot be written. A file that was at the path is then still there.
    package consuming func commit() throws(FileError) {
        buffer += [UInt8](repeating: 0, count: header.padding) + documents
        try flush()
        try file.overwriteStart(header.bytes)
        try file.commit()
    }

    private mutating func append(_ token: Token) {
        precondition(token >= 0 && token < header.vocabularySize, "an id of the vocabulary")
        if header.bytesPerToken == 2 {
            buffer.append(littleEndian: UInt16(token))
        } else {
            buffer.append(littleEndian: UInt32(token))
        }
    }

    private mutating func flush() throws(FileError) {
        try file.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
