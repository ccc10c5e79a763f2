// Errors about files quote from them, also in the targets above.
@_exported public import QuotedText

/// Why a checkpoint could not be read or written: which file, what in it, what was expected there and what was found.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path of the file, as it was given.
    public let file: String
    /// What in the file is wrong, such as `tensor "output.weight"`; empty where it is the file itself.
    public let name: String
    /// What would have been right.
    public let expected: String
    /// What was there instead.
    public let found: String

    /// Makes an error from its four parts.
    public init(file: String, name: String = "", expected: String, found: String) {
        self.file = file
        self.name = name
        self.expected = expected
        self.found = found
    }

    /// One line, such as `model.gguf: tensor "output.weight": expected shape [576, 576], found [576, 192]`.
    public var description: String {
        let subject = name.isEmpty ? file : "\(file): \(name)"
        // Names of files come from files too, and what a decoder says may quote one.
        return "\(subject): expected \(expected), found \(found)".harmless(limit: 8192)
    }
}
