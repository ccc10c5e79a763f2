// Re-exported because targets that throw file errors also quote text from files.
@_exported public import QuotedText

/// An error in reading or writing a file: which file, which part of it, what was expected and what was found. Errors
/// about models are ``CheckpointError``s.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path of the file, as given.
    public let file: String
    /// The part of the file that is wrong, such as `line 3`; empty for the file itself.
    public let name: String
    /// What was expected.
    public let expected: String
    /// What was found instead.
    public let found: String

    /// Makes an error from its four parts.
    public init(file: String, name: String = "", expected: String, found: String) {
        self.file = file
        self.name = name
        self.expected = expected
        self.found = found
    }

    /// A single line, such as `pairs.jsonl: line 3: expected the key "prompt", found only the key "text"`.
    public var description: String {
        let subject = name.isEmpty ? file : "\(file): \(name)"
        // File names can come from other files, and a decoder's message may quote one.
        return "\(subject): expected \(expected), found \(found)".harmless(limit: 8192)
    }
}
