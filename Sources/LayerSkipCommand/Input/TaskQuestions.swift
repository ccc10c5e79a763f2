import LayerSkip

/// Encodes the questions of a task for a model.
struct TaskQuestions {
    private let arguments: TaskArguments
    private let model: TextModel
    private let format: PromptFormat?
    private let encoder: PromptEncoder

    init(_ arguments: TaskArguments, _ chatInput: ChatInput, _ model: TextModel, format: PromptFormat?) {
        self.arguments = arguments
        self.model = model
        self.format = format
        encoder = PromptEncoder(model, chatInput, chat: arguments.chat) { hasTools in
            try arguments.chatArguments.template.template(of: model, hasTools: hasTools)
        }
    }

    /// Prints to standard error what questions lose in encoding, and what the chat template does not read.
    ///
    /// - Throws: ``InputError`` if an option of conversations is given and there is none.
    func finish() throws { try encoder.finish(option: arguments.chatArguments.given) }

    /// The tokens of an item's prompt.
    func prompt(_ item: TaskItem) throws -> [Token] { try encoder.tokens(of: content(item), name: item.name) }

    /// An item's prompt with its choices.
    func choices(_ item: TaskItem) throws -> ChoiceScorer.Question {
        guard case .choice(_, var choices) = item.answer else { preconditionFailure("an item with choices") }
        if arguments.letters { choices = TaskItem.letters(choices.count) }
        encoder.add(choices)
        let content = try content(item)
        if case .text(let text) = content, !arguments.chat {
            encoder.add([text])
            return try inText(item.name) {
                try ChoiceScorer.question(
                    after: text, choices: choices, prefix: arguments.choicePrefix ?? " ", of: model, name: item.name)
            }
        }
        let prompt = try encoder.tokens(of: content, name: item.name)
        return try inText(item.name) {
            try ChoiceScorer.question(
                after: prompt, choices: choices, prefix: arguments.choicePrefix ?? "", of: model, name: item.name)
        }
    }

    private func content(_ item: TaskItem) throws -> PromptRecord.Content {
        switch item.question {
        case .conversation where format != nil:
            throw InputError(
                name: item.name, expected: "a text as the question, for --prompt-format", found: "a conversation")
        case .conversation: return item.question
        case .text(let question): return .text(try format?.text(for: item) ?? question)
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
