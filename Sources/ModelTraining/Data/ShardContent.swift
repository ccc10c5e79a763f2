import CheckpointFiles

/// Identifies a shard by what it holds, wherever it lies and whatever its name: a resumed run must have the data that
/// it began with.
public struct ShardContent: Sendable, Equatable, Codable, CustomStringConvertible {
    /// How many tokens there are.
    public let tokens: Int
    /// A hash of the whole file, as hexadecimal digits.
    public let hash: String

    /// A content, as a checkpoint remembers it.
    public init(tokens: Int, hash: String) {
        self.tokens = tokens
        self.hash = hash
    }

    public var description: String { "\(tokens.counted("token")) (\(hash))" }
}

extension TokenShard {
    /// What this shard holds. Reads the whole file, at several gigabytes a second where the disk allows it.
    public var content: ShardContent { ShardContent(tokens: tokenCount, hash: file.contentHash) }
}
