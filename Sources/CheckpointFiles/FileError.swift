// Errors about files quote from them, also in the targets above.
@_exported public import QuotedText

/// Why a file could not be read or written: which one, what in it, what was expected there and what was found.
/// What is wrong with a model is a ``CheckpointError``.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path of the file, as it was given.
    public let file: String
    /// What in the file is wrong, such as `line 3`; empty where it is the file itself.
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

    /// One line, such as `pairs.jsonl: line 3: expected the key "prompt", found only the key "text"`.
    public var description: String {
        let subject = name.isEmpty ? file : "\(file): \(name)"
        // Names of files come from files too, and what a decoder says may quote one.
        return "\(subject): expected \(expected), found \(found)".harmless(limit: 8192)
    }
}
