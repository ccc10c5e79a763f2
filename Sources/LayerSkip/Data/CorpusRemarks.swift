import TextTokens

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

    /// What is to be said of one document.
    ///
    /// - Parameters:
    ///   - document: nil for one that was skipped.
    ///   - spelling: the special tokens that it should not spell out.
    init(of document: Corpus.Document?, name: @autoclosure () -> String, _ spelling: SpecialTokenSpelling) {
        guard let document else {
            skipped = [name()]
            return
        }
        empty = document.text.isEmpty ? 1 : 0
        let endsWithPrompt = document.promptLength > 0 && document.promptLength == document.text.count
        emptyAnswers = document.isPair && endsWithPrompt ? 1 : 0
        ignoredKeys = Set(document.ignoredKeys)
        spelledOutToken = spelling.first(in: document.text)
        spelledOut = spelledOutToken == nil ? 0 : 1
    }

    /// Adds what is to be said of the documents that follow.
    mutating func add(_ other: CorpusRemarks) {
        skipped += other.skipped
        empty += other.empty
        emptyAnswers += other.emptyAnswers
        ignoredKeys.formUnion(other.ignoredKeys)
        spelledOut += other.spelledOut
        spelledOutToken = spelledOutToken ?? other.spelledOutToken
    }
}
