import CheckpointFiles

/// What is wrong in a recipe.
public struct RecipeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key, with dots.
    public let key: String
    /// What would have been right.
    public let expected: String
    /// What was there instead.
    public let found: String

    /// Makes an error from its three parts.
    public init(key: String, expected: String, found: String) {
        self.key = key
        self.expected = expected
        // It may be from a file, and anything.
        self.found = found.inMessage
    }

    public var description: String { "\(key): expected \(expected), found \(found)".harmless(limit: 2048) }
}
