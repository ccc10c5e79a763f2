import ArgumentParser
import LayerSkip

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Chat with a model.",
        discussion: """
            Each line is one message. Type /reset to clear the conversation, and /exit or Ctrl-D to leave. Ctrl-C \
            stops the current answer. If the messages come from a file or a pipe, Ctrl-C ends the conversation, and \
            the exit code is 1 if a message was not answered. When the conversation no longer fits into the model's \
            context, its oldest turns are dropped. The built-in model has no chat template, so it needs \
            --chat-template. The model's answers are shown as they are: calls of tools are not run.
            """)

    @OptionGroup var model: ModelOptions

    @OptionGroup var chat: ChatArguments

    @Option(parsing: .unconditional, help: "Maximum number of tokens per answer.")
    var maxTokens = ChatSession.defaultMaxTokens

    @OptionGroup var strategy: StrategyArguments
    @OptionGroup var sampling: SamplingArguments
    @OptionGroup var context: ContextArguments
    @OptionGroup var cache: CacheArguments

    @Flag(help: "On a terminal, show drafted tokens before they are verified.")
    var showDrafts = false

    private var options: GenerationOptions {
        var options = GenerationOptions()
        options.acceptance = sampling.acceptance
        options.cacheFormat = cache.cacheFormat
        options.maxTokens = maxTokens
        return options
    }

    func validate() throws {
        if let option = chat.fromStandardInput.first {
            throw ValidationError("\(option): expected a file, found standard input, which has the messages")
        }
        try strategy.drafting.check(sampling.acceptance)
        try checkUsage(options.validate)
    }

    func run() throws {
        let chatOptions = try chat.options()
        let model = try model.load(drafting: strategy.loadedDrafting(sampling.acceptance))
        let template = try chat.template.template(of: model, hasTools: chatOptions.tools != nil)
        Output.note(unreadBy: template, chatOptions)
        var options = options
        options.sampling = sampling.sampling(for: model, isSaid: true)
        options.strategy = strategy.strategy(for: model)
        try context.set(in: &options, of: model)
        let conversation = try Conversation(
            model, system: chat.system, chat: chatOptions, template: template, options: options)
        let input = LineReader(limit: model.longestPrompt)
        if input.isTerminal { Interruption.keepProgramRunning() }
        var allAnswered = true
        conversation: while let message = try nextMessage(input) {
            guard case .text(let line) = message else {
                allAnswered = false
                continue
            }
            let spaces: Set<Character> = [" ", "\t"]
            let start = line.drop(while: spaces.contains)
            switch String(start.reversed().drop(while: spaces.contains).reversed()) {
            case "": continue
            case "/exit": break conversation
            case "/reset":
                conversation.reset()
                Output.note("(conversation cleared)")
            case let command where input.isTerminal && command.hasPrefix("/") && !command.contains(" "):
                Output.note("(unknown command \(command.quoted); there are /reset and /exit)")
            // Spaces are part of a message.
            default: if try !answer(line, in: conversation, model) { allAnswered = false }
            }
        }
        // On a terminal the user has seen the error.
        if !allAnswered, !input.isTerminal { throw ExitCode.failure }
    }

    private enum Message {
        /// A line.
        case text(String)
        /// A line that is not UTF-8; the error has been printed.
        case unreadable
    }

    /// The next message; nil at the end of the input.
    private func nextMessage(_ input: LineReader) throws -> Message? {
        while true {
            if Interruption.isRequested, !input.isTerminal || Interruption.isTerminationRequested {
                throw InterruptedError()
            }
            if input.isTerminal { Output.prompt("> ") }
            Interruption.reset()
            switch input.next() {
            case .tooLong:
                throw InputError(
                    name: "message", expected: "a message that fits into the model's context", found: "a longer line")
            case .line(let line): return .text(line)
            case .notText:
                Output.note("error: \(InputError(name: "message", expected: "text in UTF-8", found: "other bytes"))")
                return .unreadable
            case .interrupted:
                guard input.isTerminal, !Interruption.isTerminationRequested else { throw InterruptedError() }
                // The terminal has discarded the typed line.
                Output.note("\n(/exit or Ctrl-D to leave)")
            case .failed(let reason):
                throw InputError(name: "standard input", expected: "a readable text", found: reason)
            case .end:
                if input.isTerminal { Output.note("") }
                return nil
            }
        }
    }

    /// Answers a message. Returns false, after printing the reason, if there is no answer.
    private func answer(_ message: String, in conversation: Conversation, _ model: TextModel) throws -> Bool {
        Output.note(lossIn: [message], model.tokenizer)
        let display = TextDisplay(showsDrafts: showDrafts)
        do {
            let answer = try conversation.answer(
                message, onEvent: { display.show($0) },
                isCancelled: { Interruption.isRequested || display.failure != nil })
            if let failure = display.failure { throw failure }
            try Output.write("\n")
            Output.note(answer.summary(of: model))
            return true
        } catch let error where error is GenerationError || error is CheckpointError {
            // The conversation survives a message that is too long, or that the chat template refuses.
            display.finish()
            Output.note("error: \(error)")
            return false
        }
    }
}
