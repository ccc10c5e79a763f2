/// A part of a prompt, marked as structure or as plain text.
public enum TextSegment: Equatable, Sendable {
    /// The text of a special token.
    case special(String)
    /// The token that begins a text, if the vocabulary has one. A text never begins with two.
    case beginningOfText
    /// Plain text, which is never read as a special token.
    case plain(String)
}
