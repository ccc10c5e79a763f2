package import CheckpointFiles
package import LanguageModels

/// Writes a shard of tokens, document by document, which takes its name only when it is complete.
package struct TokenShardWriter: ~Copyable {
    private let file: ReplacementFile
    private var header: TokenShardHeader
    private var documents: [UInt8] = []
    private var buffer: [UInt8]
    private static let bufferSize = 1 << 20

    /// Starts a shard; nothing has the path's name until ``commit()``.
    ///
    /// - Throws: if the file cannot be made.
    package init(
        path: String, vocabularySize: Int, endOfText: Token, tokenizerFingerprint: UInt64
    ) throws(FileError) {
        precondition(0..<vocabularySize ~= Int(endOfText) && vocabularySize <= TokenShardHeader.largestVocabulary)
        header = TokenShardHeader(
            vocabularySize: vocabularySize, endOfText: endOfText, tokenizerFingerprint: tokenizerFingerprint)
        file = try ReplacementFile(path, rewritesStart: true)
        buffer = header.bytes
    }

    /// How many tokens there are so far.
    package var tokenCount: Int { header.tokenCount }
    /// How many documents there are so far.
    package var documentCount: Int { header.documentCount }

    /// Appends a document and the end-of-text token.
    ///
    /// - Parameters:
    ///   - tokens: its ids, all of the vocabulary.
    ///   - promptLength: how many of them are a prompt, whose prediction is not scored.
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

    /// Completes the shard and gives it its name.
    ///
    /// - Throws: if the file cannot be written; whatever had the name before then still has it.
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
