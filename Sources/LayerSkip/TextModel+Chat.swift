import CheckpointFiles
public import LanguageModels
public import TextTokens

extension TextModel {
    /// Returns the model's chat template.
    ///
    /// - Parameters:
    ///   - name: the name of one of the templates in the model's files; nil for the one that transformers would choose:
    ///     `tool_use`, if there are tools and a template with this name, otherwise `default`.
    ///   - hasTools: whether the model may call tools.
    /// - Throws: ``CheckpointError`` if the model has no such template, or one that is not supported.
    public func chatTemplate(
        named name: String? = nil, hasTools: Bool = false
    ) throws(CheckpointError) -> ChatTemplate {
        try summary.templates.template(named: name, hasTools: hasTools, file: summary.path)
    }

    /// Reads a chat template to use instead of the model's own. It can write the model's special tokens, by names such
    /// as `bos_token`.
    ///
    /// - Throws: ``TokenizerError`` if it is not valid, or not supported.
    public func chatTemplate(jinja source: String) throws(TokenizerError) -> ChatTemplate {
        try summary.templates.template(jinja: source)
    }

    /// Encodes a conversation in the format that the model was trained on, up to the beginning of its answer.
    ///
    /// - Parameters:
    ///   - messages: the conversation.
    ///   - options: tools, documents and other values for the template.
    ///   - template: the template; nil for the model's own.
    /// - Throws: ``CheckpointError`` if the model has no chat template, it does not accept the conversation, or the
    ///   tokenizer needs too many steps on the text. ``GenerationError`` if the text that the template writes cannot
    ///   fit into the context, before it is encoded.
    public func encode(
        _ messages: [ChatMessage], options: ChatOptions = ChatOptions(), template: ChatTemplate? = nil
    ) throws -> [Token] {
        let template = if let template { template } else { try chatTemplate(hasTools: options.tools != nil) }
        let segments = try template.segments(
            messages, addingGenerationPrompt: true, options: options, file: template.file ?? summary.path)
        try checkPrompt(byteCount: segments.reduce(0) { $0 + $1.text.utf8.count })
        return try inFile(summary.path) { () throws(TokenizerError) in try tokenizer.encode(segments) }
    }
}
