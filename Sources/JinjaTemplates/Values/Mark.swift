/// Where a part of a text comes from.
///
/// Only what the template wrote can be a control token: the same letters in a user's message are plain text.
struct Mark: OptionSet, Sendable {
    let rawValue: UInt8

    /// The text is part of a variable's value, not of the template.
    static let input = Mark(rawValue: 1)
    /// The text is inside `{% generation %}`: the assistant wrote it.
    static let generated = Mark(rawValue: 2)
    /// The template wrote the text.
    static let template: Mark = []
}
