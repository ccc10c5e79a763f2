package import CheckpointFiles
package import LanguageModels

/// A writer of a token shard, document by document. The shard gets its name only when it is complete.
package struct TokenShardWriter: ~Copyable {
    private let file: ReplacementFile
    private var header: TokenShardHeader
    private var documents: [UInt8] = []
    /// The table of scored tokens so far; nil if there is none.
    private var scores: [UInt8]?
    private var buffer: [UInt8]
    private static let bufferSize = 1 << 20

    /// Starts a shard. It appears at `path` only with ``commit()``.
    ///
    /// - Parameter hasScores: whether documents may state which of their tokens are scored.
    /// - Throws: if the file cannot be created.
    package init(
        path: String, vocabularySize: Int, endOfText: Token, tokenizerFingerprint: UInt64, hasScores: Bool = false
    ) throws(FileError) {
        precondition(0..<vocabularySize ~= Int(endOfText) && vocabularySize <= TokenShardHeader.largestVocabulary)
        header = TokenShardHeader(
            vocabularySize: vocabularySize, endOfText: endOfText, tokenizerFingerprint: tokenizerFingerprint)
        scores = hasScores ? [] : nil
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
        if scores != nil { for index in 0...tokens.count { appendScore(index >= promptLength, of: index) } }
        try appendDocument(tokens, promptLength: promptLength)
    }

    /// Appends a document and the end-of-text token, if any of its tokens is scored.
    ///
    /// - Parameter scored: for each token, end-of-text included, whether its prediction is scored.
    /// - Throws: as above.
    package mutating func append(_ tokens: [Token], scored: [Bool]) throws(FileError) {
        precondition(scored.count == tokens.count + 1 && scores != nil, "a score for each token, and room for them")
        guard let first = scored.firstIndex(of: true) else { return }
        // Version 1 says the same of a document that is scored from one token to its end.
        if scored[first...].contains(false) { header.hasScores = true }
        for (index, isScored) in scored.enumerated() { appendScore(isScored, of: index) }
        try appendDocument(tokens, promptLength: first)
    }

    /// Appends to the table of scored tokens.
    ///
    /// - Parameter index: the token's index in the current document.
    private mutating func appendScore(_ isScored: Bool, of index: Int) {
        let place = header.tokenCount + index
        if place % 8 == 0 { scores?.append(0) }
        if isScored { scores?[place / 8] |= 1 << (place % 8) }
    }

    private mutating func appendDocument(_ tokens: [Token], promptLength: Int) throws(FileError) {
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
        if header.hasScores { buffer += scores ?? [] }
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
