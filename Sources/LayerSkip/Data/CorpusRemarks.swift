/// What readers of a corpus should know: what was left out of it, or is probably not what was meant.
public struct CorpusRemarks: Sendable, Equatable {
    /// The names of documents that were left out because they are not UTF-8.
    public internal(set) var skipped: [String] = []
    /// Documents without any text, which were left out.
    public internal(set) var empty = 0
    /// Pairs whose answer is empty: after the prompt only end-of-text is learned.
    public internal(set) var emptyAnswers = 0
    /// Keys beside the prompt and the answer, which were ignored.
    public internal(set) var ignoredKeys: Set<String> = []
    /// Documents that spell out a special token, which was read as ordinary text.
    public internal(set) var spelledOut = 0
    /// The first special token that was spelled out.
    public internal(set) var spelledOutToken: String?

    /// No remarks.
    public init() {}

    /// Takes note of a document; nil for one that was skipped.
    mutating func note(_ document: Corpus.Document?, name: String) {
        guard let document else { return skipped.append(name) }
        if document.text.isEmpty { empty += 1 }
        if document.isPair, document.promptLength > 0, document.promptLength == document.text.count {
            emptyAnswers += 1
        }
        ignoredKeys.formUnion(document.ignoredKeys)
    }
}
