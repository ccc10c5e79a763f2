/// A part of a prompt, marked as structure or as plain text.
public enum TextSegment: Equatable, Sendable {
    /// The text of a special token.
    case special(String)
    /// The token that begins a text, if the vocabulary has one. It is not added twice.
    case beginningOfText
    /// Plain text, which is never read as a special token.
    case plain(String)
}
