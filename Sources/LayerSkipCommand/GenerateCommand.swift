import ArgumentParser
import LayerSkip

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Continue a text.",
        discussion: """
            Streams the text to standard output, then prints a line of statistics to standard error. Without PROMPT \
            or --prompt-file, reads the prompt from standard input. A newline at the end of the file or of standard \
            input is not part of the prompt. Put -- before a PROMPT that begins with -.

            With --chat, the prompt is a user's message, and the model's chat template writes the conversation. With \
            --messages, the conversation is read from a JSON file: a list of messages such as {"role": "user", \
            "content": "Hello"}, or an object with "messages" and, optionally, "tools" and "documents".

            With --prompts FILE, every line of a file is answered, many at once, and each answer is the one that the \
            prompt gets alone. The output is in JSON Lines: each prompt's object with the answer under "completion". A \
            run that was stopped continues where it ended if the command is repeated. Answer number n, from 0, has the \
            seed --seed + n.

            --picture replaces the file if it exists, and works with every strategy and --format. The file cannot be \
            standard output, because the text is written there.
            """)

    @Argument(help: "Text to continue.")
    var prompt: String?

    @Option(help: "Read the prompt from a file (- for standard input).", transform: expandedPath)
    var promptFile: String?

    @OptionGroup var model: ModelOptions

    @OptionGroup var batch: BatchArguments

    @Option(parsing: .unconditional, help: "Maximum number of tokens to generate.")
    var maxTokens = 256

    @OptionGroup var strategy: StrategyArguments
    @OptionGroup var sampling: SamplingArguments
    @OptionGroup var context: ContextArguments
    @OptionGroup var cache: CacheArguments

    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            Stop before this text or special token; may be given more than once. A line end is $'\\n' in most shells.
            """
    )
    var stop: [String] = []

    @Flag(name: .customLong("ignore-eos"), help: "Keep generating after the model's end-of-text token.")
    var ignoresEndOfText = false

    @Flag(help: "Answer the prompt as a user's message, in the format of the model's chat template.")
    var chat = false

    @Option(help: "Answer a conversation in a JSON file (- for standard input).", transform: expandedPath)
    var messages: String?

    @OptionGroup var chatArguments: ChatArguments

    @Flag(help: "Parse special tokens in the prompt, such as <|endoftext|>, instead of treating them as plain text.")
    var parseSpecial = false

    @Flag(help: "On a terminal, show drafted tokens before they are verified.")
    var showDrafts = false

    @Option(
        help: "Write an SVG that shows accepted drafts, rejected drafts and the full model's own tokens in colour.",
        transform: expandedPath)
    var picture: String?

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    var options: GenerationOptions {
        var options = GenerationOptions()
        options.acceptance = sampling.acceptance
        options.cacheFormat = cache.cacheFormat
        options.maxTokens = maxTokens
        options.stops = stop
        options.ignoresEndOfText = ignoresEndOfText
        options.recordsRounds = picture != nil
        return options
    }

    func validate() throws {
        if prompt != nil, promptFile != nil { throw ValidationError("expected PROMPT or --prompt-file, found both") }
        if messages != nil, prompt != nil || promptFile != nil {
            throw ValidationError("expected --messages or a prompt, found both")
        }
        if isChat, parseSpecial {
            throw ValidationError("expected \(chat ? "--chat" : "--messages") or --parse-special, found both")
        }
        if !isChat, batch.prompts == nil, let option = chatArguments.given {
            throw ValidationError("\(option): expected --chat or --messages with it")
        }
        let prompts = [
            messages == "-" ? "--messages" : nil, promptFile == "-" ? "--prompt-file" : nil,
            batch.prompts == "-" ? "--prompts" : nil,
            prompt == nil && promptFile == nil && messages == nil && batch.prompts == nil ? "the prompt" : nil,
        ]
        let readers = prompts.compactMap(\.self) + chatArguments.fromStandardInput
        guard readers.count < 2 else {
            throw ValidationError(
                "expected one thing from standard input, found \(readers.joined(separator: " and "))")
        }
        if let picture, StandardDescriptors.outputIs(picture) {
            throw ValidationError("--picture: expected a file, found standard output, which has the text")
        }
        try validateBatch()
        try strategy.drafting.check(sampling.acceptance)
        try checkUsage(options.validate)
    }

    /// Whether the chat template writes the prompt.
    private var isChat: Bool { chat || messages != nil }

    private func encode(_ text: String, for model: TextModel) throws -> [Token] {
        try model.checkPrompt(byteCount: text.utf8.count)
        Output.note(lossIn: [text], model.tokenizer)
        let tokens = try model.encode(prompt: text, parsingSpecialTokens: parseSpecial)
        try model.checkPrompt(tokens)
        return tokens
    }

    func template(for model: TextModel, hasTools: Bool) throws -> ChatTemplate {
        do {
            return try chatArguments.template.template(of: model, hasTools: hasTools)
        } catch let error as CheckpointError {
            throw CheckpointError(
                file: error.file, name: error.name, expected: error.expected,
                found: error.found + ", or write the prompt by hand and use --parse-special")
        }
    }

    private func encode(_ conversation: ChatInput, for model: TextModel) throws -> [Token] {
        let template = try template(for: model, hasTools: conversation.options.tools != nil)
        Output.note(unreadBy: template, conversation.options)
        let tokens = try inConversation(messages.map { TextInput.name(of: $0) }) {
            try model.encode(conversation.messages, options: conversation.options, template: template)
        }
        Output.note(lossIn: conversation.messages.map(\.content), model.tokenizer)
        try model.checkPrompt(tokens)
        return tokens
    }

    /// Opens the picture's file before anything is computed.
    private func openPicture() throws -> ReplacementFile? {
        guard let picture else { return nil }
        var inputs = InputFiles()
        inputs.add(model: model.model, adapter: model.adapter)
        for path in [promptFile, messages] {
            if let path, path != "-" { inputs.add(path, as: "the prompt") }
        }
        try inputs.check(output: picture)
        return try ReplacementFile(picture)
    }

    func run() throws {
        if let prompts = batch.prompts { return try answerPrompts(prompts) }
        let path = prompt == nil ? messages ?? promptFile ?? "-" : nil
        let input = try path == nil ? nil : TextInput(path ?? "-")
        var conversation = try isChat ? ChatInput(chatArguments) : nil
        if let messages {
            let text = try input?.text(atMost: ReadingLimit.text.byteCount)
            try conversation?.readMessages(text, name: TextInput.name(of: messages))
        }
        let pictureFile = try openPicture()
        let model = try model.load(drafting: strategy.loadedDrafting(sampling.acceptance))
        let text = try messages == nil ? prompt ?? input?.prompt(for: model) ?? "" : ""
        if messages == nil { conversation?.messages.append(ChatMessage(role: .user, content: text)) }
        let tokens = try inText(path.map { TextInput.name(of: $0) }) {
            if let conversation { try encode(conversation, for: model) } else { try encode(text, for: model) }
        }
        var options = options
        options.sampling = sampling.sampling(for: model)
        options.strategy = strategy.strategy(for: model)
        try context.set(in: &options, of: model, promptCount: tokens.count)

        let display = format == .text ? TextDisplay(showsDrafts: showDrafts) : nil
        defer { display?.finish() }
        let session = try TextSession(model, options: options)
        let result = try session.generate(tokens) { event in
            display?.show(event)
        } isCancelled: {
            Interruption.isRequested || display?.failure != nil
        }
        if let failure = display?.failure { throw failure }
        switch format {
        case .text: try Output.write("\n")
        case .json: try Output.write(json: GenerationReport(model, result))
        }
        if let pictureFile {
            let picture = DraftPicture(
                result, prompt: model.tokenizer.decode(tokens),
                strategy: options.strategy ?? model.recommendedStrategy, layerCount: model.shape.layerCount)
            try pictureFile.write(Array(picture.svg.utf8))
            try pictureFile.commit()
        }
        Output.note(result.summary(of: model))
    }
}

/// A generation as JSON.
private struct GenerationReport: Encodable {
    let text: String
    let promptTokens: [Token]
    let tokens: [Token]
    let statistics: StatisticsReport

    init(_ model: TextModel, _ result: GenerationResult) {
        text = result.text
        promptTokens = result.promptTokens
        tokens = result.tokens
        statistics = StatisticsReport(model, result)
    }
}
