import QuotedText

/// An error in a chat template, or a condition under which the template itself refuses a conversation.
///
/// Text from files is quoted and shortened. The caller adds the file's name.
package enum TemplateError: Error, Equatable, CustomStringConvertible {
    /// The template is not valid Jinja.
    case malformed(line: Int, expected: String, found: String)
    /// The template uses a part of Jinja or Python that this interpreter does not have.
    case unsupported(line: Int, found: String)
    /// Rendering failed, as it would in Jinja.
    case failed(line: Int, expected: String, found: String)
    /// The template called `raise_exception` with this message.
    case raised(line: Int, message: String)
    /// Parsing or rendering would have exceeded a limit.
    case limitExceeded(line: Int, what: String, limit: Int)

    /// A single line: where, what was expected, what was found.
    package var description: String {
        switch self {
        case .malformed(let line, let expected, let found), .failed(let line, let expected, let found):
            "line \(line): expected \(expected.harmless(limit: 160)), found \(found.harmless(limit: 160))"
        case .unsupported(let line, let found):
            "line \(line): expected a supported part of Jinja, found \(found.harmless(limit: 160))"
        case .raised(let line, let message):
            "line \(line): the template refuses this conversation: \(message.harmless(limit: 400))"
        case .limitExceeded(let line, let what, let limit):
            "line \(line): expected at most \(limit) \(what), found more"
        }
    }

    /// The line of the template on which it happened, counted from 1.
    package var line: Int {
        switch self {
        case .malformed(let line, _, _), .unsupported(let line, _), .failed(let line, _, _), .raised(let line, _),
            .limitExceeded(let line, _, _):
            line
        }
    }
}
