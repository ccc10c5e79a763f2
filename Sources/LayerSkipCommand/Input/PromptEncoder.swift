import LayerSkip

/// Encodes prompts for a model: texts, and conversations that a chat template writes.
final class PromptEncoder {
    private let model: TextModel
    private let chatInput: ChatInput
    /// Whether texts are users' messages.
    private let chat: Bool
    private let parsesSpecialTokens: Bool
    private let template: (_ hasTools: Bool) throws -> ChatTemplate
    private var templates: [Bool: ChatTemplate] = [:]
    private var texts: [String] = []
    private var unread: [String] = []
    private var hasConversation = false

    /// - Parameters:
    ///   - chatInput: the beginning of each conversation.
    ///   - chat: whether texts are users' messages.
    ///   - parsesSpecialTokens: whether names of special tokens in texts become these tokens.
    ///   - template: makes the chat template for conversations with tools, or without.
    init(
        _ model: TextModel, _ chatInput: ChatInput, chat: Bool, parsesSpecialTokens: Bool = false,
        template: @escaping (_ hasTools: Bool) throws -> ChatTemplate
    ) {
        self.model = model
        self.chatInput = chatInput
        self.chat = chat
        self.parsesSpecialTokens = parsesSpecialTokens
        self.template = template
    }

    /// The tokens of a prompt.
    ///
    /// - Parameter name: its name in errors.
    /// - Throws: if it cannot be encoded.
    func tokens(of content: PromptRecord.Content, name: String) throws -> [Token] {
        try inText(name) {
            switch content {
            case .text(let text) where !chat:
                texts.append(text)
                return try model.encode(prompt: text, parsingSpecialTokens: parsesSpecialTokens)
            case .text(let text):
                return try tokens(of: ChatRecord([ChatMessage(role: .user, content: text)]), name)
            case .conversation(let conversation):
                if parsesSpecialTokens {
                    throw InputError(name: name, expected: "a text with --parse-special", found: "a conversation")
                }
                return try tokens(of: conversation, name)
            }
        }
    }

    private func tokens(of record: ChatRecord, _ name: String) throws -> [Token] {
        hasConversation = true
        var input = chatInput
        try input.add(record, name: name)
        let hasTools = input.options.tools != nil
        let template = try templates[hasTools] ?? template(hasTools)
        templates[hasTools] = template
        unread += template.unread(of: input.options).map(Output.unreadNote)
        texts += input.messages.map(\.content)
        return try inConversation(name) {
            try model.encode(input.messages, options: input.options, template: template)
        }
    }

    /// Adds texts that are encoded elsewhere to those whose losses are noted.
    func add(_ others: [String]) { texts += others }

    /// Prints to standard error what prompts lose in encoding, and what the chat template does not read.
    ///
    /// - Parameter option: an option of conversations that is given; nil for none.
    /// - Throws: ``InputError`` if there was no conversation that it could apply to.
    func finish(option: String?) throws {
        if let option, !hasConversation {
            throw InputError(
                name: option, expected: "a conversation, or --chat, with which texts are users' messages",
                found: "only texts")
        }
        Output.note(lossIn: texts, model.tokenizer)
        Output.note(unread)
    }
}
