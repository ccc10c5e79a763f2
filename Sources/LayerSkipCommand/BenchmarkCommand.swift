import ArgumentParser
import LayerSkip

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Plain decoding, early exit and self-speculation in turn; or passes alone.",
        discussion: """
            Medians over the rounds; the speedup is taken within each round, since machines drift.

            With --cost: what forward passes cost. Decoding and prompts next to the speed of memory, v(n) (one pass \
            over n tokens, in units of one token), drafts at each exit, and the speedup that the cost model predicts. \
            --draft-length is then the draft length for which --acceptance was counted (default: what the model says, \
            or \(SpeculationSetting.defaultDraftLength)).
            """)

    @OptionGroup var model: ModelOptions

    @Option(help: "Prompts: JSON Lines of {\"prompt\": \"...\"}.", transform: expandedPath)
    var prompts: String?

    @Option(
        parsing: .unconditional, help: "How many layers run before the early exit (default: what the model says).")
    var exitLayer: Int?

    @Option(parsing: .unconditional, help: "How many tokens are drafted per round (default: what the model says).")
    var draftLength: Int?

    @Option(parsing: .unconditional, help: "The most tokens to write for a prompt (default: 128).")
    var maxTokens: Int?

    @Option(
        parsing: .unconditional, help: "How many rounds (default: 3; with --cost, as many as some seconds allow).")
    var rounds: Int?

    @Flag(name: .customLong("ignore-eos"), help: "Continue where the model ends its text.")
    var ignoresEndOfText = false

    @Option(
        help: ArgumentHelp(
            "Write so many texts at once instead, and compare plain with self-speculative decoding, such as 1,2,4,8.",
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
            ] where isGiven { throw ValidationError("\(name): expected no --cost with it") }
            if draftLength == 0 { throw ValidationError("--draft-length: expected 1 or more with --cost, found 0") }
        } else if prompts == nil {
            throw ValidationError("expected --prompts or --cost, found neither")
        }
    }

    /// Each text has a cache of its own.
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
        let stated = model.summary.speculation?.draftLength ?? 0
        let measured = try ModelCost.measure(
            model.model, Set(cost.parts?.values ?? ModelCost.Part.allCases), depth: cost.depth ?? 0,
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
        let setting = model.summary.speculation
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
