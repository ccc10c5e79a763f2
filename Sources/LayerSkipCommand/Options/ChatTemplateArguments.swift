import ArgumentParser
import LayerSkip

/// The option for a chat template.
struct ChatTemplateArguments: ParsableArguments {
    @Option(
        help: """
            Chat template instead of the model's own: the name of another template of the model, such as tool_use, or \
            a file in Jinja.
            """,
        transform: expandedPath)
    var chatTemplate: String?

    /// The template for conversations.
    ///
    /// - Parameters:
    ///   - stored: the templates in the model's files.
    ///   - hasTools: whether the model may call tools.
    ///   - file: the path of the model or tokenizer, for errors.
    func template(among stored: StoredChatTemplates, hasTools: Bool, file: String) throws -> ChatTemplate {
        guard let chatTemplate, stored.texts[chatTemplate] == nil else {
            return try stored.template(named: chatTemplate, hasTools: hasTools, file: file)
        }
        let name = TextInput.name(of: chatTemplate)
        guard chatTemplate == "-" || TextInput.exists(chatTemplate) else {
            throw InputError(
                name: file, expected: "a chat template named \(chatTemplate.quoted), or a file with this name",
                found: "neither; " + (stored.names.map { "its templates are \($0)" } ?? "it has no templates"))
        }
        let source = try TextInput.read(chatTemplate, atMost: .description)
        var template = try inTextFile(name) { () throws(TokenizerError) in try stored.template(jinja: source) }
        template.file = name
        return template
    }

    /// The template for a model's conversations.
    func template(of model: TextModel, hasTools: Bool) throws -> ChatTemplate {
        try template(among: model.summary.templates, hasTools: hasTools, file: model.summary.path)
    }
}
