import LayerSkip

/// Encodes the questions of a task for a model.
final class TaskQuestions {
    private let arguments: TaskArguments
    private let chatInput: ChatInput
    private let model: TextModel
    private let format: PromptFormat?
    private var templates: [Bool: ChatTemplate] = [:]
    private var texts: [String] = []
    private var unread: [String] = []

    init(_ arguments: TaskArguments, _ chatInput: ChatInput, _ model: TextModel, format: PromptFormat?) {
        self.arguments = arguments
        self.chatInput = chatInput
        self.model = model
        self.format = format
    }

    /// Prints to standard error what questions lose in encoding, and what the chat template does not read.
    func note() {
        Output.note(lossIn: texts, model.tokenizer)
        Output.note(unread)
    }

    /// The tokens of an item's prompt.
    func prompt(_ item: TaskItem) throws -> [Token] {
        try inText(item.name) {
            switch try content(item) {
            case .text(let text):
                texts.append(text)
                return try model.encode(prompt: text)
            case .conversation(let record): return try encode(record, item.name)
            }
        }
    }

    /// An item's prompt with its choices.
    func choices(_ item: TaskItem) throws -> ChoiceScorer.Question {
        guard case .choice(_, var choices) = item.answer else { preconditionFailure("an item with choices") }
        if arguments.letters { choices = TaskItem.letters(choices.count) }
        texts += choices
        return try inText(item.name) {
            switch try content(item) {
            case .text(let text):
                texts.append(text)
                return try ChoiceScorer.question(
                    after: text, choices: choices, prefix: arguments.choicePrefix ?? " ", of: model, name: item.name)
            case .conversation(let record):
                return try ChoiceScorer.question(
                    after: encode(record, item.name), choices: choices, prefix: arguments.choicePrefix ?? "", of: model,
                    name: item.name)
            }
        }
    }

    private func content(_ item: TaskItem) throws -> PromptRecord.Content {
        switch item.question {
        case .conversation where format != nil:
            throw InputError(
                name: item.name, expected: "a text as the question, for --prompt-format", found: "a conversation")
        case .conversation: return item.question
        case .text(let question):
            let text = try format?.text(for: item) ?? question
            guard arguments.chat else { return .text(text) }
            return .conversation(ChatRecord([ChatMessage(role: .user, content: text)]))
        }
    }

    private func encode(_ record: ChatRecord, _ name: String) throws -> [Token] {
        var input = chatInput
        try input.add(record, name: name)
        let hasTools = input.options.tools != nil
        let template =
            try templates[hasTools] ?? arguments.chatArguments.template.template(of: model, hasTools: hasTools)
        templates[hasTools] = template
        unread += template.unread(of: input.options).map(Output.unreadNote)
        texts += input.messages.map(\.content)
        return try inConversation(name) {
            try model.encode(input.messages, options: input.options, template: template)
        }
    }
}

extension TaskArguments {
    /// A given option that only multiple choice has.
    var optionOfChoices: String? { letters ? "--letters" : choicePrefix != nil ? "--choice-prefix" : nil }

    /// A given option that only generated answers have.
    var optionOfGeneratedAnswers: String? {
        let given: [(String, Bool)] = [
            ("--extract", extract != .whole), ("--after", after != nil), ("--normalize", normalize != nil),
            ("--max-tokens", maxTokens != nil), ("--stop", !stop.isEmpty), ("--texts", texts != nil),
        ]
        return given.first(where: \.1)?.0
    }
}
