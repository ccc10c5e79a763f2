import JinjaTemplates

extension TokenizerError {
    /// Creates an error from one of the interpreter of chat templates.
    init(_ error: TemplateError) {
        switch error {
        case .malformed(let line, let expected, let found), .failed(let line, let expected, let found):
            self = .chatTemplate(line: line, expected: expected, found: found)
        case .unsupported(let line, let found):
            self = .chatTemplate(line: line, expected: "a supported part of Jinja", found: found)
        case .limitExceeded(let line, let what, let limit):
            self = .chatTemplate(line: line, expected: "at most \(limit) \(what)", found: "more")
        case .raised(let line, let message): self = .conversationRefused(line: line, message: message)
        }
    }
}
