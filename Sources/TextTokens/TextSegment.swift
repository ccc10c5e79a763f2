/// A part of a prompt of which it is known whether it is structure or someone's words.
public enum TextSegment: Equatable, Sendable {
    /// The text of a special token.
    case special(String)
    /// The token that begins a text, where the vocabulary has one. It is not added a second time.
    case beginningOfText
    /// Plain text: never read as a special token, whatever it says.
    case plain(String)
}
