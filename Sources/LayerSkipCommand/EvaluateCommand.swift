import ArgumentParser
import LayerSkip

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure how well a model predicts a text at each exit layer.",
        discussion: """
            The text is split into independent windows of --context tokens. All tokens but the first of each window \
            are scored. With --bos, each window begins with the model's beginning-of-text token, so all of the text \
            is scored.
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "Plain text file in UTF-8; not JSON Lines (- for standard input).", transform: expandedPath)
    var text: String

    @Option(parsing: .unconditional, help: "Tokens per window (default: the model's context, at most 1024).")
    var context: Int?

    @Flag(name: .customLong("bos"), help: "Begin each window with the model's beginning-of-text token.")
    var beginsText = false

    @OptionGroup var cache: CacheArguments

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func validate() throws {
        if let context, context < 2 { throw ValidationError("--context: expected 2 or more, found \(context)") }
    }

    func run() throws {
        try JSONLines.refuse(path: text)
        let name = TextInput.name(of: text)
        let text = try TextInput.read(text, atMost: .text)
        try JSONLines.refuse(Array(text.utf8), file: name)
        let model = try model.load()
        let window = context ?? model.standardWindow
        guard (2...max(2, model.model.contextLength)).contains(window) else {
            throw InputError(name: "--context", expected: "2...\(model.model.contextLength)", found: "\(window)")
        }
        if beginsText, model.tokenizer.beginningOfText == nil {
            throw InputError(name: "--bos", expected: "a model with a beginning-of-text token", found: "none")
        }
        Output.note(lossIn: [text], model.tokenizer)
        // The text is a corpus, not a prompt, so a token is added at its beginning only on request.
        let encoded = try model.tokenizer.encode(Array(text.utf8), addingSpecialTokens: false) { _ in
            !Interruption.isRequested
        }
        guard let tokens = encoded else { throw InterruptedError() }
        try checkDynamicRoPE(model, tokens.count)
        Output.note(longRoPEOf: model, contexts: [min(window, tokens.count)])
        let progress = Progress("evaluated", of: tokens.count)
        let evaluation = try inText(name) {
            try model.evaluateExits(
                on: tokens, beginsText: beginsText, window: window, cacheFormat: cache.cacheFormat,
                progress: progress.callAsFunction)
        }
        guard let evaluation else { throw InterruptedError() }
        switch format {
        case .json: try Output.write(json: EvaluationReport(evaluation, beginsText: beginsText))
        case .text: try table(evaluation)
        }
    }

    /// Dynamic RoPE changes with the length of the text, so windows are not what the whole text would be.
    private func checkDynamicRoPE(_ model: TextModel, _ tokenCount: Int) throws {
        let limit = model.shape.contextLength
        guard context == nil, tokenCount > limit, model.model.hasDynamicRoPE else { return }
        throw InputError(
            name: "text",
            expected: "at most \(limit) tokens, since dynamic RoPE is exact only within the model's context "
                + "(--context \(limit) evaluates windows)", found: "\(tokenCount)")
    }

    private var beginning: String {
        beginsText
            ? "each window begins with the beginning-of-text token"
            : "no beginning-of-text token (--bos adds it)"
    }

    private func table(_ evaluation: ExitEvaluation) throws {
        try Output.write(
            "\(evaluation.scoredTokens.counted("token")) scored, \(beginning)\n"
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
