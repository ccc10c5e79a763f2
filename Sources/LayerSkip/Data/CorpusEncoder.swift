public import CheckpointFiles
import LanguageModels
import ModelTraining
public import TensorCore
public import TextTokens

/// Turns a corpus into a shard of tokens for training. The shard depends on the corpus and the tokenizer alone.
public struct CorpusEncoder: Sendable {
    private let tokenizer: Tokenizer
    private let fingerprint: UInt64
    private let separator: Token
    /// What else was read, such as the tokenizer's file: no shard is written over it.
    public var inputs = InputFiles()

    /// What a shard was made of.
    public struct Summary: Sendable, Equatable {
        /// Documents in the shard.
        public internal(set) var documents = 0
        /// Their tokens, end-of-text included.
        public internal(set) var tokens = 0
        /// Their bytes of text.
        public internal(set) var bytes = 0
        /// What was left out, or is probably not what was meant.
        public internal(set) var remarks = CorpusRemarks()
    }

    /// An encoder for a tokenizer.
    ///
    /// - Parameters:
    ///   - definition: the tokenizer.
    ///   - endOfText: the text of the special token that ends each document; by default `<|endoftext|>` if there is
    ///     one, since instruct models often name the end of a turn as their end of text, or else the tokenizer's own.
    /// - Throws: ``TokenizerError`` where the tokenizer is malformed or has no such token.
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

    /// An encoder for the tokenizer in a tokenizer.json, a GGUF file or a model folder.
    ///
    /// The tokenizer's files become part of ``inputs``.
    /// - Throws: ``CheckpointError`` where the file cannot be read, is damaged or not supported, or its tokenizer has
    ///   no such token.
    public init(tokenizerFile path: String, endOfText: String? = nil) throws(CheckpointError) {
        try self.init(TokenizerDefinition(ofFile: path), path, file: path, endOfText: endOfText)
    }

    /// An encoder for a checkpoint's tokenizer.
    ///
    /// The checkpoint's files become part of ``inputs``.
    /// - Throws: as above.
    public init(tokenizerOf checkpoint: Checkpoint, endOfText: String? = nil) throws(CheckpointError) {
        try self.init(
            checkpoint.tokenizerDefinition(), checkpoint.source, file: checkpoint.tokenizerPath, endOfText: endOfText)
    }

    private init(
        _ definition: TokenizerDefinition, _ source: String?, file: String, endOfText: String?
    ) throws(CheckpointError) {
        self = try inFile(file) { () throws(TokenizerError) in try CorpusEncoder(definition, endOfText: endOfText) }
        inputs.add(model: source, as: "the tokenizer")
    }

    /// What had to be guessed about the tokenizer, or gets lost in encoding; for people.
    public var notes: [String] { tokenizer.notes + [tokenizer.possibleLoss].compactMap(\.self) }

    /// Encodes a corpus into a shard, which takes its name only when it is complete.
    ///
    /// - Parameters:
    ///   - corpus: the documents.
    ///   - path: where the shard is written.
    ///   - invalidText: what is done with documents that are not UTF-8.
    ///   - pool: the threads that work.
    ///   - progress: is told how many documents are done, and returns whether to continue.
    /// - Returns: what was written; nil, with nothing written, if `progress` said no.
    /// - Throws: ``FileError`` where the path is that of a document or of one of ``inputs``, a document cannot be
    ///   read or is not UTF-8, there is no text at all, or the shard cannot be written.
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
        let reader = CorpusReader(
            corpus: corpus, invalidText: invalidText, spelling: tokenizer.spelling, pool: pool)
        let remarks = try reader.forEach(
            encode,
            take: { (encoded) throws(FileError) in
                try writer.append(encoded.tokens, promptLength: encoded.promptLength)
                summary.bytes += encoded.byteCount
            }, progress: progress)
        guard let remarks else { return nil }
        summary.remarks = remarks
        summary.documents = writer.documentCount
        summary.tokens = writer.tokenCount
        guard summary.documents > 0 else { throw corpus.emptiness }
        try writer.commit()
        return summary
    }

    private struct Encoded {
        let tokens: [Token]
        let promptLength: Int
        let byteCount: Int
    }

    /// A prompt is encoded by itself, as it will be when the model is asked.
    @Sendable private func encode(
        _ document: Corpus.Document, _ worker: CorpusWorker
    ) throws(FileError) -> Encoded {
        let goesOn = { (_: Int) in !InterruptionRequest.isMade }
        let byteCount = document.text.count
        guard document.promptLength > 0 else {
            guard let tokens = tokenizer.encode(prompt: document.text, progress: goesOn) else {
                throw worker.interruption
            }
            return Encoded(tokens: tokens, promptLength: 0, byteCount: byteCount)
        }
        let prompt = Array(document.text[..<document.promptLength])
        let rest = Array(document.text[document.promptLength...])
        guard let asked = tokenizer.encode(prompt: prompt, progress: goesOn),
            let answered = tokenizer.encode(rest, addingSpecialTokens: false, progress: goesOn)
        else { throw worker.interruption }
        return Encoded(tokens: asked + answered, promptLength: asked.count, byteCount: byteCount)
    }
}
