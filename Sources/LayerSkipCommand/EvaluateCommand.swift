import ArgumentParser
import LayerSkip

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure at each exit layer how well a model predicts a text, or does a task.",
        discussion: """
            With --text, the text is split into independent windows of --context tokens. All tokens but the first of \
            each window are scored. With --bos, each window begins with the model's beginning-of-text token, so all of \
            the text is scored.

            With --task, each line of a file of JSON Lines is an item. Items with "choices" are multiple choice: the \
            choice with the smallest loss, or the smallest loss per byte, should be the right one. Answers to other \
            items are generated greedily, and compared with the right one after --extract and --normalize. \
            Documentation/Evaluation.md explains the forms of items and the figures.
            """)

    @OptionGroup var model: ModelOptions

    @OptionGroup var text: EvaluatedTextArguments
    @OptionGroup var task: TaskArguments
    @OptionGroup var cache: CacheArguments

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func validate() throws {
        guard let path = task.task else {
            guard text.path != nil else { throw ValidationError("expected --text FILE or --task FILE, found neither") }
            return
        }
        if text.path != nil { throw ValidationError("expected --text or --task, found both") }
        if let option = text.given { throw ValidationError("\(option): expected --text with it, found --task") }
        if path == "-", let option = task.chatArguments.fromStandardInput.first {
            throw ValidationError("expected one thing from standard input, found --task and \(option)")
        }
    }

    func run() throws {
        if let path = task.task { return try evaluateTask(path) }
        let text = try text.read()
        let model = try model.load()
        let tokens = try text.tokens(for: model)
        let progress = Progress("evaluated", of: tokens.count)
        let evaluation = try inText(text.name) {
            try model.evaluateExits(
                on: tokens, beginsText: self.text.beginsText, window: self.text.window(for: model),
                cacheFormat: cache.cacheFormat,
                progress: progress.callAsFunction)
        }
        guard let evaluation else { throw InterruptedError() }
        switch format {
        case .json: try Output.write(json: EvaluationReport(evaluation, beginsText: self.text.beginsText))
        case .text: try table(evaluation)
        }
    }

    private func table(_ evaluation: ExitEvaluation) throws {
        try Output.write(
            "\(evaluation.scoredTokens.counted("token")) scored, \(text.beginning)\n"
                + " exit      nll   perplexity  accuracy  agreement\n"
        )
        for exit in evaluation.exits {
            let columns = [
                "\(exit.exit)".padded(to: 5), exit.loss.formatted(decimals: 4).padded(to: 9),
                exit.perplexity.formatted(decimals: 2).padded(to: 13), exit.accuracy.percentage.padded(to: 10),
                exit.agreement.percentage.padded(to: 11),
            ]
            try Output.write(columns.joined() + "\n")
        }
    }
}

/// An evaluation as JSON.
private struct EvaluationReport: Encodable {
    let tokens: Int
    /// Whether each window began with the beginning-of-text token.
    let bos: Bool
    let layers: [Layer]

    struct Layer: Encodable {
        let exit: Int
        let nll: Nullable<Double>
        let perplexity: Nullable<Double>
        let accuracy: Double
        let agreement: Double
    }

    init(_ evaluation: ExitEvaluation, beginsText: Bool) {
        tokens = evaluation.scoredTokens
        bos = beginsText
        layers = evaluation.exits.map {
            Layer(
                exit: $0.exit, nll: Nullable($0.loss), perplexity: Nullable($0.perplexity),
                accuracy: $0.accuracy, agreement: $0.agreement)
        }
    }
}
