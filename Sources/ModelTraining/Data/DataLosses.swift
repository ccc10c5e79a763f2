/// Counts of the documents and tokens of shards that are in no sequence, and so are neither learned nor measured.
public struct DataLosses: Sendable, Equatable {
    /// Documents longer than a sequence, which lose their ends, including end-of-text.
    public internal(set) var cutDocuments = 0
    /// Tokens in those ends.
    public internal(set) var cutTokens = 0
    /// Documents left out because their prompt fills a sequence or they have a single token.
    public internal(set) var droppedDocuments = 0
    /// Tokens in those documents.
    public internal(set) var droppedTokens = 0
    /// Tokens at the ends of shards that are too few for a window.
    public internal(set) var tailTokens = 0

    /// Whether nothing is lost.
    public var isEmpty: Bool { self == DataLosses() }
}
