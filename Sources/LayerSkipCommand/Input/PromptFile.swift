import LayerSkip

/// A file of prompts, as `generate --prompts` reads it, whose answers are not kept.
struct PromptFile: ~Copyable {
    private let input: TextInput
    private let arguments: PromptFileArguments
    private let chatInput: ChatInput

    /// Opens a file; "-" is standard input.
    init(path: String, _ arguments: PromptFileArguments) throws {
        let input = try TextInput(path)
        let chatInput = try ChatInput(arguments.chatArguments)
        self.input = input
        self.arguments = arguments
        self.chatInput = chatInput
    }

    /// Reads the prompts.
    ///
    /// - Throws: if a line is not a prompt, a prompt does not fit into the model's context, or there is none.
    func tokens(for model: TextModel) throws -> [[Token]] {
        let records = try PromptRecords(
            input, key: arguments.promptKey, outputKey: nil, longestPrompt: model.longestPrompt)
        let template = arguments.chatArguments.template
        let encoder = PromptEncoder(model, chatInput, chat: arguments.chat) { hasTools in
            try template.template(of: model, hasTools: hasTools)
        }
        let prompts = try records.all.map { record, name in
            let tokens = try encoder.tokens(of: record.content, name: name)
            try inText(name) { try model.checkPrompt(tokens) }
            return tokens
        }
        try encoder.finish(option: arguments.chatArguments.given)
        return prompts
    }
}
