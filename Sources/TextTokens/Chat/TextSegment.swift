/// A part of a prompt, marked as structure or as plain text.
public enum TextSegment: Equatable, Sendable {
    /// Text of the model's own format, in which names of special tokens stand for these tokens.
    case structure(String)
    /// Text of a message, which is never read as a special token.
    case plain(String)

    /// The text.
    public var text: String {
        switch self {
        case .structure(let text), .plain(let text): text
        }
    }
}
