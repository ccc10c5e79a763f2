import ArgumentParser
import LayerSkip

struct ApproximateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approximate",
        abstract: "Measure the speed and the quality of approximate decoding, in which tokens leave the model early.",
        discussion: """
            A token leaves at the first exit layer that is sure enough of it (generate --strategy early-exit \
            --confidence C). For each threshold, prints the layers that a token runs through before it is chosen, how \
            well the given text is predicted, how often the full model would have chosen the same token, and the speed \
            relative to plain decoding, measured by replaying parts of the text. One more line has the threshold at \
            which tokens need half of the layers, if there is one.

            The layers that a token skips are computed, in batches, before a later token needs them. So the speed \
            depends on how cheap a pass over several tokens is.

            A text that the model was not trained on gives an honest answer. --csv and --svg replace a file that exists.
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var text: EvaluatedTextArguments

    @Option(
        parsing: .unconditional,
        help: "Numbers of layers after which a token may leave, comma-separated (default: the model's setting).")
    var exitLayer: CommaSeparated<Int>?

    @Option(
        parsing: .unconditional,
        help: """
            Thresholds of the largest probability, comma-separated, 0...1; no token leaves early with 1 (default: \
            0.3,0.5,0.7,0.8,0.9,0.95,0.99,1, unless --entropy is given).
            """)
    var confidence: CommaSeparated<Double>?

    @Option(
        parsing: .unconditional,
        help: "Thresholds of the entropy in nats instead, comma-separated; no token leaves early with 0.")
    var entropy: CommaSeparated<Double>?

    @Option(parsing: .unconditional, help: "Number of rounds in which speed is measured.")
    var rounds = StrategyBenchmark.standardRounds

    @OptionGroup var cache: CacheArguments

    @Option(help: "File for the curve as CSV.", transform: expandedPath)
    var csv: String?

    @Option(help: "File for a picture of the curve, as SVG.", transform: expandedPath)
    var svg: String?

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    private var thresholds: [ExitRule.Threshold] {
        if let entropy { return entropy.values.map { .entropy($0) } }
        return (confidence?.values ?? [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1]).map { .confidence($0) }
    }

    private func plan(exitLayers: [Int]) -> ApproximationCurve.Plan {
        var plan = ApproximationCurve.Plan(exitLayers: exitLayers, thresholds: thresholds)
        plan.beginsText = text.beginsText
        plan.window = text.context
        plan.cacheFormat = cache.cacheFormat
        plan.rounds = rounds
        return plan
    }

    func validate() throws {
        try text.checkIsGiven()
        if confidence != nil, entropy != nil { throw ValidationError("expected --confidence or --entropy, found both") }
        try checkRounds(rounds)
        try checkUsage(plan(exitLayers: exitLayer?.values ?? [1]).validate)
        try ResultFiles.check(csv: csv, svg: svg)
    }

    func run() throws {
        let text = try text.read()
        var files = try ResultFiles(csv: csv, svg: svg, model: model, input: (self.text.path, "the text"))
        let model = try model.load()
        let tokens = try text.tokens(for: model)
        guard let exitLayers = exitLayer?.values ?? model.knownSpeculation.map({ model.exits(or: $0) }) else {
            throw InputError.unsaid("--exit-layer", by: model)
        }
        let progress = Progress("percent measured:", of: 100)
        let curve = try inText(text.name) {
            try ApproximationCurve(model, on: tokens, plan(exitLayers: exitLayers)) { progress(Int(100 * $0)) }
        }
        guard let curve else { throw InterruptedError() }
        let report = ApproximationReport(curve, of: model)
        try files.write(
            report, as: format, text: report.text, csv: report.csv, svg: ApproximationPicture(report).svg)
    }
}
