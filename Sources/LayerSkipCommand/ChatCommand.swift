import ArgumentParser
import LayerSkip

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Talk with a model.",
        discussion: """
            One line is one message. Type /reset to forget the conversation, /exit or Ctrl-D to leave; Ctrl-C stops an \
            answer. Where the messages come from a file or a pipe, Ctrl-C ends the conversation, and the exit code is \
            1 if a message got no answer. When the conversation no longer fits into the model's context, its oldest \
            turns are forgotten. The model in the program only continues texts: chatting needs --model.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "A system message in place of the model's own.")
    var system: String?

    @Option(parsing: .unconditional, help: "The most tokens of an answer.")
    var maxTokens = ChatSession.defaultMaxTokens

    @OptionGroup var strategy: StrategyArguments
    @OptionGroup var sampling: SamplingArguments
    @OptionGroup var cache: CacheArguments

    @Flag(help: "On a terminal, show drafted tokens as they come.")
    var showDrafts = false

    private var options: GenerationOptions {
        var options = GenerationOptions()
        options.sampling = sampling.sampling
        options.acceptance = sampling.acceptance
        options.cacheFormat = cache.cacheFormat
        options.maxTokens = maxTokens
        return options
    }

    func validate() throws { try checkUsage(options.validate) }

    func run() throws {
        let model = try model.load()
        var options = options
        options.strategy = strategy.strategy(for: model)
        let conversation = try Conversation(model, system: system, options: options)
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
                Output.note("(the conversation is forgotten)")
            // Spaces are part of a message.
            default: if try !answer(line, in: conversation, model) { allAnswered = false }
            }
        }
        // On a terminal the person has seen the error.
        if !allAnswered, !input.isTerminal { throw ExitCode.failure }
    }

    private enum Message {
        /// A line.
        case text(String)
        /// A line that is not UTF-8, which has been said.
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
                // The terminal has dropped what was typed.
                Output.note("\n(/exit or Ctrl-D to leave)")
            case .failed(let reason):
                throw InputError(name: "standard input", expected: "a readable text", found: reason)
            case .end:
                if input.isTerminal { Output.note("") }
                return nil
            }
        }
    }

    /// Whether there is an answer; where there is none, the reason has been said.
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
        } catch let error as DecodingError {
            // One message too long is no reason to lose the conversation.
            display.finish()
            Output.note("error: \(error)")
            return false
        }
    }
}
