import CheckpointFiles

/// An error in a recipe.
public struct RecipeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key's path, such as `batch.length`.
    public let key: String
    /// What was expected.
    public let expected: String
    /// What was found instead.
    public let found: String

    /// Creates an error from its three parts.
    public init(key: String, expected: String, found: String) {
        self.key = key
        self.expected = expected
        // It may come from a file and contain anything.
        self.found = found.inMessage
    }

    public var description: String { "\(key): expected \(expected), found \(found)".harmless(limit: 2048) }
}
