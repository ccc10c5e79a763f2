import TextTokens

/// Remarks on a corpus: what was left out of it or is probably a mistake.
public struct CorpusRemarks: Sendable, Equatable {
    /// The names of documents that were left out because they are not UTF-8.
    public internal(set) var skipped: [String] = []
    /// The number of documents without text, which were left out.
    public internal(set) var empty = 0
    /// The number of documents whose text is that of an earlier document. They are not left out.
    public internal(set) var duplicates = 0
    /// The number of conversations without an answer, which were left out.
    public internal(set) var withoutAnswer = 0
    /// The number of conversations that were written as several texts, because the chat template writes earlier answers
    /// in another way than they are given.
    public internal(set) var dividedConversations = 0
    /// The number of documents with an empty answer, of which only the end is learned.
    public internal(set) var emptyAnswers = 0
    /// Keys of JSON Lines that were ignored.
    public internal(set) var ignoredKeys: Set<String> = []
    /// The numbers of conversations with `tools` or `documents` that the chat template does not read, by these names.
    public internal(set) var unreadValues: [String: Int] = [:]
    /// The number of documents that spell out a special token, which was read as ordinary text.
    public internal(set) var spelledOut = 0
    /// The first special token that was spelled out.
    public internal(set) var spelledOutToken: String?

    /// The number of documents of which the tokenizer drops some text, because the vocabulary has no token for it.
    public internal(set) var lossy = 0
    /// What the first of them loses, and its name.
    public internal(set) var loss: String?

    /// Creates an empty set of remarks.
    package init() {}

    /// Creates the remarks on one document.
    ///
    /// - Parameters:
    ///   - document: nil for a skipped one.
    ///   - spelling: the special tokens that it should not spell out; nil if it may.
    init(of document: Corpus.Document?, name: @autoclosure () -> String, _ spelling: SpecialTokenSpelling?) {
        guard let document else {
            skipped = [name()]
            return
        }
        empty = document.isEmpty ? 1 : 0
        let endsWithPrompt = document.promptLength > 0 && document.promptLength == document.text.count
        let isEmptyAnswer = document.isPair && endsWithPrompt || document.conversation?.hasEmptyAnswer == true
        emptyAnswers = isEmptyAnswer ? 1 : 0
        ignoredKeys = Set(document.ignoredKeys)
        spelledOutToken = spelling?.first(in: document.text)
        spelledOut = spelledOutToken == nil ? 0 : 1
    }

    /// Adds what a document loses in encoding.
    mutating func add(lossIn document: Corpus.Document?, of name: String, _ loss: (([UInt8]) -> String?)?) {
        guard let text = document?.text, let found = loss?(text) else { return }
        lossy = 1
        self.loss = "\(found) of \(name)"
    }

    /// Adds the remarks on later documents.
    mutating func add(_ other: CorpusRemarks) {
        skipped += other.skipped
        empty += other.empty
        duplicates += other.duplicates
        emptyAnswers += other.emptyAnswers
        ignoredKeys.formUnion(other.ignoredKeys)
        spelledOut += other.spelledOut
        spelledOutToken = spelledOutToken ?? other.spelledOutToken
        lossy += other.lossy
        loss = loss ?? other.loss
    }
}

extension ChatRecord {
    /// Whether one of the answers to learn says and calls nothing.
    fileprivate var hasEmptyAnswer: Bool {
        messages.dropFirst(promptCount).contains { message in
            message.role == .assistant && message.content.isEmpty && message["tool_calls"] == nil
        }
    }
}
