public import CheckpointFiles
import LanguageModels
import ModelTraining
public import TensorCore
public import TextTokens

/// An encoder that turns a corpus into a token shard for training. The shard depends only on the corpus and the
/// tokenizer.
public struct CorpusEncoder: Sendable {
    private let tokenizer: Tokenizer
    private let fingerprint: UInt64
    private let separator: Token
    /// Where the tokenizer's chat templates are.
    private var templates = ConversationEncoder.Source.none
    /// The chat template that writes conversations; nil for that of the tokenizer's file or folder.
    public var chatTemplate: ChatTemplate?
    /// Other files that were read, such as the tokenizer's. No shard may replace one of these.
    public var inputs = InputFiles()

    /// A summary of a shard's documents.
    public struct Summary: Sendable, Equatable {
        /// The number of documents in the shard.
        public internal(set) var documents = 0
        /// The number of their tokens, including end-of-text.
        public internal(set) var tokens = 0
        /// The size of their text in bytes.
        public internal(set) var bytes = 0
        /// Remarks on what was left out or is probably a mistake.
        public internal(set) var remarks = CorpusRemarks()
    }

    /// Creates an encoder for a tokenizer.
    ///
    /// - Parameters:
    ///   - definition: the tokenizer.
    ///   - endOfText: the text of the special token that ends each document. The default is `<|endoftext|>` if there is
    ///     one, because the end of text of instruct models is often the end of a turn, otherwise the tokenizer's own.
    /// - Throws: ``TokenizerError`` if the tokenizer is malformed or has no such token.
    public init(_ definition: TokenizerDefinition, endOfText: String? = nil) throws(TokenizerError) {
        tokenizer = try Tokenizer(definition)
        fingerprint = definition.fingerprint
        let standard = "<|endoftext|>"
        let named = tokenizer.specialToken(endOfText ?? standard)
        guard let separator = endOfText == nil ? named ?? tokenizer.endOfText : named else {
            throw .missingSpecialToken(endOfText ?? standard)
        }
        self.separator = separator
    }

    /// Creates an encoder for the tokenizer of a tokenizer.json, a GGUF file or a model folder. Conversations are
    /// written by the chat template in the GGUF file or the tokenizer's folder.
    ///
    /// The tokenizer's files become part of ``inputs``.
    /// - Throws: ``CheckpointError`` if the file cannot be read, is damaged or not supported, or its tokenizer has
    ///   no such token.
    public init(tokenizerFile path: String, endOfText: String? = nil) throws(CheckpointError) {
        try self.init(TokenizerDefinition(ofFile: path), path, file: path, endOfText: endOfText)
        templates = .tokenizer(path: path)
    }

    /// Creates an encoder for a checkpoint's tokenizer and chat template.
    ///
    /// The checkpoint's files become part of ``inputs``.
    /// - Throws: as above.
    public init(tokenizerOf checkpoint: Checkpoint, endOfText: String? = nil) throws(CheckpointError) {
        try self.init(
            checkpoint.tokenizerDefinition(), checkpoint.source, file: checkpoint.tokenizerPath, endOfText: endOfText)
        templates = .model(checkpoint.templates, path: checkpoint.path)
    }

    private init(
        _ definition: TokenizerDefinition, _ source: String?, file: String, endOfText: String?
    ) throws(CheckpointError) {
        self = try inFile(file) { () throws(TokenizerError) in try CorpusEncoder(definition, endOfText: endOfText) }
        inputs.add(model: source, as: "the tokenizer")
    }

    /// Notes for people: what had to be guessed about the tokenizer, or gets lost in encoding.
    public var notes: [String] { tokenizer.notes + [tokenizer.possibleLoss].compactMap(\.self) }

    /// Encodes a corpus into a shard, which appears at its path only when complete.
    ///
    /// - Parameters:
    ///   - corpus: the documents.
    ///   - path: the path of the shard.
    ///   - invalidText: the treatment of documents that are not UTF-8.
    ///   - pool: the threads to use.
    ///   - progress: receives the number of finished documents, and returns whether to continue.
    /// - Returns: a summary; nil, with nothing written, if `progress` returned false.
    /// - Throws: ``FileError`` if the path is that of a document or of one of ``inputs``, a document cannot be read or
    ///   is not UTF-8, there is no text at all, or the shard cannot be written.
    public func encode(
        _ corpus: Corpus, to path: String, invalidText: Corpus.InvalidText = .fail, on pool: ThreadPool,
        progress: (Int) -> Bool = { _ in true }
    ) throws(FileError) -> Summary? {
        try corpus.inputs.check(output: path)
        try inputs.check(output: path)
        var writer = try TokenShardWriter(
            path: path, vocabularySize: tokenizer.vocabularySize, endOfText: separator,
            tokenizerFingerprint: fingerprint)
        var summary = Summary()
        var unread: [String: Int] = [:]
        // Only JSON Lines have conversations.
        let chats = ConversationEncoder(
            tokenizer, template: chatTemplate, source: corpus.pairFiles.isEmpty ? .none : templates)
        let reader = CorpusReader(
            corpus: corpus, invalidText: invalidText, spelling: tokenizer.spelling, pool: pool)
        let remarks = try reader.forEach(
            { (document, worker) throws(FileError) in
                guard let record = document.conversation else { return try encode(document, worker) }
                // The end-of-text token is added to every document.
                let (tokens, unread) = try chats.encode(record, name: worker.name)
                return Encoded(
                    tokens: tokens.last == separator ? tokens.dropLast() : tokens, byteCount: document.text.count,
                    unread: unread)
            },
            take: { (encoded) throws(FileError) in
                try writer.append(encoded.tokens, promptLength: encoded.promptLength)
                summary.bytes += encoded.byteCount
                for name in encoded.unread { unread[name, default: 0] += 1 }
            }, progress: progress)
        guard let remarks else { return nil }
        summary.remarks = remarks
        summary.remarks.unreadValues = unread
        summary.documents = writer.documentCount
        summary.tokens = writer.tokenCount
        guard summary.documents > 0 else { throw corpus.emptiness }
        try writer.commit()
        return summary
    }

    private struct Encoded {
        let tokens: [Token]
        var promptLength = 0
        let byteCount: Int
        /// What a conversation has that the chat template does not read.
        var unread: [String] = []
    }

    /// Encodes a document. A prompt is encoded separately, as it will be for generation.
    @Sendable private func encode(
        _ document: Corpus.Document, _ worker: CorpusWorker
    ) throws(FileError) -> Encoded {
        let goesOn = { (_: Int) in !InterruptionRequest.isMade }
        let byteCount = document.text.count
        guard document.promptLength > 0 else {
            let encoded = try worker.encoding { () throws(TokenizerError) in
                try tokenizer.encode(prompt: document.text, progress: goesOn)
            }
            guard let tokens = encoded else { throw worker.interruption }
            return Encoded(tokens: tokens, byteCount: byteCount)
        }
        let prompt = Array(document.text[..<document.promptLength])
        let rest = Array(document.text[document.promptLength...])
        let encoded = try worker.encoding { () throws(TokenizerError) in
            (
                try tokenizer.encode(prompt: prompt, progress: goesOn),
                try tokenizer.encode(rest, addingSpecialTokens: false, progress: goesOn)
            )
        }
        guard let asked = encoded.0, let answered = encoded.1 else { throw worker.interruption }
        return Encoded(tokens: asked + answered, promptLength: asked.count, byteCount: byteCount)
    }
}
