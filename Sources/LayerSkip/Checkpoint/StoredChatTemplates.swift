import CheckpointFiles
package import TextTokens

/// The chat templates in a model's files, and the special tokens that they may write.
package struct StoredChatTemplates: Sendable {
    /// The templates in Jinja, by name. Ordinary conversations use `default`.
    package var texts: [String: String] = [:]
    /// The texts of special tokens, by the names that templates use, such as `bos_token`.
    var specialTokens: [String: String] = [:]

    /// Creates an empty set of templates.
    package init() {}

    /// The name of the template for ordinary conversations.
    static let standard = "default"
    /// The name of the template for conversations with tools, if there is one.
    private static let tools = "tool_use"

    /// The names of the templates, for errors; nil if there is none.
    package var names: String? {
        texts.isEmpty ? nil : texts.keys.sorted().map(\.quoted).joined(separator: ", ")
    }

    /// The template for ordinary conversations; nil if there is none.
    var main: String? { texts[Self.standard] }

    /// Reads a template as transformers chooses it.
    ///
    /// - Parameters:
    ///   - name: the name of a template; nil for the one that suits the conversation.
    ///   - hasTools: whether the model may call tools.
    ///   - file: the path of the model or tokenizer, for errors.
    ///   - advice: what to do if there is no template at all.
    /// - Throws: ``CheckpointError`` if there is none, or it is not supported.
    package func template(
        named name: String? = nil, hasTools: Bool, file: String,
        advice: String = "pass a file with --chat-template, or choose an instruct model that has one"
    ) throws(CheckpointError) -> ChatTemplate {
        guard let text = texts[name ?? (hasTools && texts[Self.tools] != nil ? Self.tools : Self.standard)] else {
            throw CheckpointError(
                file: file, name: "chat template",
                expected: name.map { "a template named \($0.quoted)" } ?? "a template for conversations",
                found: names.map { "only \($0); choose one with --chat-template" }
                    ?? "none; \(advice)")
        }
        return try inFile(file) { () throws(TokenizerError) in try template(jinja: text) }
    }

    /// Reads a template that can write these special tokens.
    ///
    /// - Throws: ``TokenizerError`` if it is not valid, or not supported.
    package func template(jinja source: String) throws(TokenizerError) -> ChatTemplate {
        try ChatTemplate(jinja: source, specialTokens: specialTokens)
    }
}

extension StoredChatTemplates {
    /// Reads the templates of a GGUF file or a model folder, or of the folder of a tokenizer.json.
    ///
    /// - Throws: ``CheckpointError`` if a file cannot be read.
    package init(nextTo path: String) throws(CheckpointError) {
        if Folder.exists(path) {
            self = try TextFiles(FolderPaths(path)).chatTemplates
        } else if let metadata = try? GGUFMetadata(ofModel: path) {
            try self.init(metadata)
        } else {
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            self = try TextFiles(FolderPaths(path.contains("/") ? folder + "/" : ".")).chatTemplates
        }
    }
}
