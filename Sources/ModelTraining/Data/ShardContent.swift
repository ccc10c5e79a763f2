import CheckpointFiles

/// The identity of a shard's content, independent of its path: a resumed run must have the data that it began with.
package struct ShardContent: Sendable, Equatable, Codable, CustomStringConvertible {
    /// The number of tokens.
    package let tokens: Int
    /// A hash of the whole file, in hexadecimal.
    package let hash: String

    /// Creates an identity, such as one that a checkpoint has saved.
    package init(tokens: Int, hash: String) {
        self.tokens = tokens
        self.hash = hash
    }

    package var description: String { "\(tokens.counted("token")) (\(hash))" }
}

extension TokenShard {
    /// The identity of this shard's content. Reads the whole file, at several gigabytes per second if the disk allows.
    package var content: ShardContent { ShardContent(tokens: tokenCount, hash: file.contentHash) }
}
