/// What of some shards is in no sequence, and so is neither learned nor measured.
public struct DataLosses: Sendable, Equatable {
    /// Documents that are longer than a sequence: they lose their ends, end-of-text included.
    public internal(set) var cutDocuments = 0
    /// Tokens of those ends.
    public internal(set) var cutTokens = 0
    /// Documents that are left out, because their prompt fills a sequence, or because they are a single token.
    public internal(set) var droppedDocuments = 0
    /// Tokens of those documents.
    public internal(set) var droppedTokens = 0
    /// Tokens at the ends of shards that make no whole window.
    public internal(set) var tailTokens = 0

    /// Whether there are any.
    public var isEmpty: Bool { self == DataLosses() }
}
