import ArgumentParser
import LayerSkip

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Talk with a model.",
        discussion: "Type /reset to forget the conversation, /exit or Ctrl-D to leave; Ctrl-C stops an answer.")

    @OptionGroup var model: ModelOptions

    @Option(help: "A system message in place of the model's own.")
    var system: String?

    @Option(help: "The most tokens of an answer.")
    var maxTokens = 512

    @OptionGroup var strategy: StrategyArguments
    @OptionGroup var sampling: SamplingArguments

    @Flag(help: "On a terminal, show drafted tokens as they come.")
    var showDrafts = false

    func run() throws {
        let model = try model.load()
        var options = GenerationOptions()
        options.strategy = strategy.strategy(for: model)
        options.sampling = sampling.sampling
        options.acceptance = sampling.acceptance
        options.maxTokens = maxTokens
        let conversation = try Conversation(model, system: system, options: options)
        while let line = nextLine() {
            switch line {
            case "": continue
            case "/exit": return
            case "/reset":
                conversation.reset()
                Output.note("(the conversation is forgotten)")
            default: try answer(line, in: conversation, model)
            }
        }
    }

    private func nextLine() -> String? {
        if Output.isErrorTerminal { Output.prompt("> ") }
        return TextInput.readLine()
    }

    private func answer(_ message: String, in conversation: Conversation, _ model: TextModel) throws {
        Interruption.reset()
        let display = TextDisplay(showsDrafts: showDrafts && Output.isTerminal)
        do {
            let answer = try conversation.answer(
                message, isCancelled: { Interruption.isRequested || display.failure != nil },
                onForgetting: { Output.note("(the \($0) oldest turns no longer fit and are forgotten)") },
                onEvent: { display.show($0) })
            if let failure = display.failure { throw failure }
            try Output.write("\n")
            Output.note(answer.result.summary(of: model))
        } catch let error as DecodingError {
            // One message too long is no reason to lose the conversation.
            Output.note("error: \(error)")
        }
        Interruption.reset()
    }
}
