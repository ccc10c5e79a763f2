import ArgumentParser
import LayerSkip

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure plain, early exit and self-speculative decoding, or the cost of forward passes.",
        discussion: """
            Reports medians over the rounds. Speedups are computed within each round, because a machine's speed drifts.

            With --cost, measures forward passes instead: decoding and prefill compared with memory bandwidth, v(n) \
            (the cost of a pass over n tokens, in units of one token), drafting at each exit layer, and the speedup \
            that the cost model predicts. --draft-length is then the draft length at which --acceptance was measured \
            (default: the model's setting, or \(SpeculationSetting.defaultDraftLength)).
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "File of prompts in JSON Lines, one {\"prompt\": \"...\"} per line.", transform: expandedPath)
    var prompts: String?

    @Option(
        parsing: .unconditional,
        help: "Number of layers that run before the early exit (default: the model's setting).")
    var exitLayer: Int?

    @Option(parsing: .unconditional, help: "Number of tokens drafted per round (default: the model's setting).")
    var draftLength: Int?

    @Option(parsing: .unconditional, help: "Maximum number of tokens to generate per prompt (default: 128).")
    var maxTokens: Int?

    @Option(
        parsing: .unconditional, help: "Number of rounds (default: 3; with --cost, as many as fit in a few seconds).")
    var rounds: Int?

    @Flag(name: .customLong("ignore-eos"), help: "Keep generating after the model's end-of-text token.")
    var ignoresEndOfText = false

    @Option(
        help: ArgumentHelp(
            "Generate this many texts in one batch, plain and self-speculative; one or more counts, such as 1,2,4,8.",
            valueName: "counts"))
    var texts: CommaSeparated<Int>?

    @OptionGroup var cost: CostArguments
    @OptionGroup var cache: CacheArguments

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    private var options: GenerationOptions {
        var options = GenerationOptions()
        options.strategy = .selfSpeculative(
            SpeculationSetting(
                exitLayer: exitLayer ?? 1, draftLength: draftLength ?? SpeculationSetting.defaultDraftLength))
        options.maxTokens = maxTokens ?? 128
        options.ignoresEndOfText = ignoresEndOfText
        options.cacheFormat = cache.cacheFormat
        return options
    }

    func validate() throws {
        try checkUsage(options.validate)
        if let count = texts?.values.first(where: { !(1...Self.mostTexts).contains($0) }) {
            throw ValidationError("--texts: expected numbers in 1...\(Self.mostTexts), found \(count)")
        }
        if let rounds, rounds < 1 { throw ValidationError("--rounds: expected 1 or more, found \(rounds)") }
        if cost.cost {
            for (name, isGiven) in [
                ("--prompts", prompts != nil), ("--exit-layer", exitLayer != nil), ("--max-tokens", maxTokens != nil),
                ("--ignore-eos", ignoresEndOfText), ("--texts", texts != nil),
            ] where isGiven { throw ValidationError("\(name): expected no --cost together with it") }
            if draftLength == 0 { throw ValidationError("--draft-length: expected 1 or more with --cost, found 0") }
        } else if prompts == nil {
            throw ValidationError("expected --prompts or --cost, found neither")
        }
    }

    /// The maximum of `--texts`: each text has its own cache.
    private static let mostTexts = 1024

    func run() throws {
        if cost.cost {
            try runCost()
        } else if let prompts {
            try runStrategies(PromptFile(path: prompts))
        }
    }

    private func runCost() throws {
        let model = try model.load()
        let stated = model.knownSpeculation?.draftLength ?? 0
        let measured = try ModelCost.measure(
            model, Set(cost.parts?.values ?? ModelCost.Part.allCases), depth: cost.depth ?? 0,
            cacheFormat: cache.cacheFormat, rounds: rounds
        ) { done, total in Progress("measured", of: total)(done) }
        guard let measured else { throw InterruptedError() }
        let report = CostReport(
            measured, of: model, acceptance: cost.acceptance ?? 0.6,
            draftLength: draftLength ?? (stated > 0 ? stated : SpeculationSetting.defaultDraftLength))
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.text)
        }
    }

    private func runStrategies(_ file: consuming PromptFile) throws {
        let model = try model.load()
        let setting = model.knownSpeculation
        model.notePublished(exitLayer: exitLayer, draftLength: draftLength, options: "--exit-layer and --draft-length")
        guard let exitLayer = exitLayer ?? setting?.exitLayer else {
            throw InputError.unsaid("--exit-layer", by: model)
        }
        guard let draftLength = draftLength ?? setting?.draftLength else {
            throw InputError.unsaid("--draft-length", by: model)
        }
        let speculation = SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength)
        let rounds = rounds ?? StrategyBenchmark.standardRounds
        let prompts = try file.tokens(for: model)
        if let texts { return try runTexts(model, prompts, texts.values, speculation, rounds: rounds) }
        let total = rounds * 3 * prompts.count
        let benchmark = try StrategyBenchmark(
            model, prompts: prompts, speculation: speculation, rounds: rounds, options: options,
            progress: Progress("written", of: total).callAsFunction)
        guard benchmark.selfSpeculative.count == rounds else { throw InterruptedError() }
        let report = BenchmarkReport(benchmark, of: model, speculation)
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.table)
        }
    }

    private func runTexts(
        _ model: TextModel, _ prompts: [[Token]], _ counts: [Int], _ setting: SpeculationSetting, rounds: Int
    ) throws {
        let benchmark = try BatchBenchmark(
            model, prompts: prompts, counts: counts, setting: setting, rounds: rounds, options: options,
            progress: Progress("measured", of: rounds * counts.count * 2).callAsFunction)
        guard let benchmark else { throw InterruptedError() }
        let report = BatchReport(benchmark, of: model, setting)
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.table)
        }
    }
}
