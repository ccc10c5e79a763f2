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
    /// Whether text such as `<|im_end|>` becomes the special token with that name, in all documents except
    /// conversations, in which only the template's text does. Use it only for texts that were written for it.
    public var parsesSpecialTokens = false
    /// Other files that were read, such as the tokenizer's. No shard may replace one of these.
    public var inputs = InputFiles()

    /// A summary of a shard's documents.
    public struct Summary: Sendable, Equatable {
        /// The number of documents in the shard.
        public internal(set) var documents = 0
        /// The number of their tokens, including end-of-text.
        public internal(set) var tokens = 0
        /// The number of tokens that are scored: all except prompts and, in conversations, what the assistant did not
        /// write.
        public internal(set) var scoredTokens = 0
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

    /// Notes for people: what had to be guessed about the tokenizer.
    public var notes: [String] { tokenizer.notes }

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
            tokenizerFingerprint: fingerprint, hasScores: corpus.hasRecords)
        var summary = Summary()
        var unread: [String: Int] = [:]
        var divided = 0
        var withoutAnswer = 0
        // Only records have conversations.
        let chats = ConversationEncoder(
            tokenizer, template: chatTemplate, source: corpus.hasRecords ? templates : .none)
        let reader = CorpusReader(
            corpus: corpus, invalidText: invalidText, spelling: tokenizer.spelling, loss: { tokenizer.loss(in: $0) },
            parsesSpecialTokens: parsesSpecialTokens, hasTemplate: chats.hasTemplate, pool: pool)
        let remarks = try reader.forEach(
            { (document, worker) throws(FileError) in
                guard let record = document.conversation, document.instruction == nil || chats.hasTemplate else {
                    return .text(try encode(document, worker))
                }
                let (texts, unread) = try chats.encode(record, name: worker.name)
                return .conversation(texts, byteCount: document.text.count, unread: unread)
            },
            take: { (encoded: Encoded) throws(FileError) in
                switch encoded {
                case .text(let text):
                    try writer.append(text.tokens, promptLength: text.promptLength)
                    summary.scoredTokens += text.tokens.count + 1 - text.promptLength
                    summary.bytes += text.byteCount
                case .conversation(let texts, let byteCount, let names):
                    let before = writer.documentCount
                    for text in texts {
                        // The end-of-text token is added to every document.
                        let isEnded = text.tokens.last == separator
                        let scored = isEnded ? text.isAnswer : text.isAnswer + [text.isOpen]
                        try writer.append(isEnded ? text.tokens.dropLast() : text.tokens, scored: scored)
                        summary.scoredTokens += scored.count { $0 }
                    }
                    summary.bytes += byteCount
                    withoutAnswer += writer.documentCount == before ? 1 : 0
                    divided += texts.count > 1 ? 1 : 0
                    for name in names { unread[name, default: 0] += 1 }
                }
            }, progress: progress)
        guard let remarks else { return nil }
        summary.remarks = remarks
        summary.remarks.unreadValues = unread
        summary.remarks.dividedConversations = divided
        summary.remarks.withoutAnswer = withoutAnswer
        summary.documents = writer.documentCount
        summary.tokens = writer.tokenCount
        guard summary.documents > 0 else {
            throw withoutAnswer == 0
                ? corpus.emptiness
                : FileError(
                    file: corpus.name(of: 0), expected: "a conversation with an answer of the role \"assistant\"",
                    found: "none")
        }
        try writer.commit()
        return summary
    }

    private enum Encoded {
        case text(EncodedText)
        /// A conversation's texts, the size of its contents, and what of it the chat template does not read.
        case conversation([ConversationEncoder.Answered], byteCount: Int, unread: [String])
    }

    private struct EncodedText {
        let tokens: [Token]
        var promptLength = 0
        let byteCount: Int
    }

    /// Encodes a document. A prompt is encoded separately, as it will be for generation.
    @Sendable private func encode(
        _ document: Corpus.Document, _ worker: CorpusWorker
    ) throws(FileError) -> EncodedText {
        let goesOn = { (_: Int) in !InterruptionRequest.isMade }
        let byteCount = document.text.count
        var (prompt, rest) = (
            Array(document.text[..<document.promptLength]), Array(document.text[document.promptLength...])
        )
        if let instruction = document.instruction {
            (prompt, rest) = (Array(instruction.prompt.utf8), Array(instruction.output.utf8))
        }
        guard !prompt.isEmpty else {
            let encoded = try worker.encoding { () throws(TokenizerError) in
                try tokenizer.encode(prompt: rest, parsingSpecialTokens: parsesSpecialTokens, progress: goesOn)
            }
            guard let tokens = encoded else { throw worker.interruption }
            return EncodedText(tokens: tokens, byteCount: byteCount)
        }
        let encoded = try worker.encoding { () throws(TokenizerError) in
            (
                try tokenizer.encode(prompt: prompt, parsingSpecialTokens: parsesSpecialTokens, progress: goesOn),
                try tokenizer.encode(
                    rest, addingSpecialTokens: false, parsingSpecialTokens: parsesSpecialTokens, progress: goesOn)
            )
        }
        guard let asked = encoded.0, let answered = encoded.1 else { throw worker.interruption }
        return EncodedText(tokens: asked + answered, promptLength: asked.count, byteCount: byteCount)
    }
}
