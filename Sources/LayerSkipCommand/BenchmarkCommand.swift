import ArgumentParser
import LayerSkip

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure decoding strategies, or the cost of forward passes.",
        discussion: """
            Reports medians over the rounds. Speedups are computed within each round, because a machine's speed drifts. \
            All strategies but early exit must write plain decoding's texts; otherwise, the command fails.

            Greedy texts of a small model repeat themselves, and drafts of repeated text are mostly accepted. \
            --temperature 0.8 measures sampled texts. --replay measures a given text, such as a person's: its tokens \
            are taken in place of those that the model chooses. A file of JSON Lines (.jsonl) has one text per line, \
            {"text": "..."} or {"prompt": "..."}; other files are cut into consecutive texts. The prompt of \
            a text is its first \(BenchmarkText.promptLength) tokens, or half of a short text.

            With --cost, measures forward passes instead: decoding and prefill compared with memory bandwidth, v(n) \
            (the cost of a pass over n tokens, in units of one token), drafting at each exit layer, and the speedup \
            that the cost model predicts. --draft-length is then the draft length at which --acceptance was measured \
            (default: the model's setting, or \(SpeculationSetting.defaultDraftLength)).
            """)

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp("File of prompts (- for standard input): \(PromptFileArguments.help)."),
        transform: expandedPath)
    var prompts: String?

    @OptionGroup var promptArguments: PromptFileArguments

    @Option(
        help: "File of texts to replay instead: text in UTF-8 or JSON Lines (- for standard input).",
        transform: expandedPath)
    var replay: String?

    @OptionGroup var strategies: BenchmarkStrategyArguments

    @Option(parsing: .unconditional, help: "Maximum number of tokens to generate per prompt (default: 128).")
    var maxTokens: Int?

    @OptionGroup var sampling: TemperatureArguments

    @Option(
        parsing: .unconditional, help: "Number of rounds (default: 3; with --cost, as many as fit in a few seconds).")
    var rounds: Int?

    @Flag(name: .customLong("ignore-eos"), help: "Keep generating after the model's end-of-text token.")
    var ignoresEndOfText = false

    @Option(
        help: ArgumentHelp(
            "Generate this many texts in one batch; one or more counts, such as 1,2,4,8.",
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
                exitLayer: strategies.exitLayer?.values.min() ?? 1,
                draftLength: strategies.draftLength ?? SpeculationSetting.defaultDraftLength))
        options.sampling = sampling.sampling(over: .greedy)
        options.maxTokens = maxTokens ?? 128
        options.ignoresEndOfText = ignoresEndOfText
        options.cacheFormat = cache.cacheFormat
        return options
    }

    func validate() throws {
        try checkUsage(options.validate)
        try promptArguments.check(prompts)
        if let count = texts?.values.first(where: { !(1...Self.mostTexts).contains($0) }) {
            throw ValidationError("--texts: expected numbers in 1...\(Self.mostTexts), found \(count)")
        }
        try checkRounds(rounds)
        let ofStrategies = [
            ("--replay", isReplay), ("--strategy", strategies.strategy != nil),
            ("--temperature", sampling.temperature != nil), ("--seed", sampling.seed != nil),
        ]
        if cost.cost {
            try Self.refuse(
                [
                    ("--prompts", prompts != nil), ("--exit-layer", strategies.exitLayer != nil),
                    ("--max-tokens", maxTokens != nil), ("--ignore-eos", ignoresEndOfText), ("--texts", texts != nil),
                    ("--draft-quantize", strategies.drafting.draftQuantize != nil),
                    ("--draft-vocabulary", strategies.drafting.draftVocabulary != nil),
                    ("--no-draft-lookup", !strategies.drafting.draftLookup),
                    ("--confidence", strategies.threshold.confidence != nil),
                    ("--entropy", strategies.threshold.entropy != nil), ("--each-exit", strategies.measuresEachExit),
                ] + ofStrategies, with: "--cost")
            if strategies.draftLength == 0 {
                throw ValidationError("--draft-length: expected 1 or more with --cost, found 0")
            }
            return
        }
        if texts != nil { try Self.refuse([("--replay", isReplay)], with: "--texts") }
        switch (prompts, replay) {
        case (nil, nil): throw ValidationError("expected --prompts, --replay or --cost, found none of them")
        case (.some, .some): throw ValidationError("expected --prompts or --replay, found both")
        case (.some, nil), (nil, .some): break
        }
        try strategies.check(isReplay: isReplay)
    }

    private static func refuse(_ options: [(name: String, isGiven: Bool)], with other: String) throws {
        for option in options where option.isGiven {
            throw ValidationError("\(option.name): expected no \(other) together with it")
        }
    }

    private var isReplay: Bool { replay != nil }

    /// The maximum of `--texts`: each text has its own cache.
    private static let mostTexts = 1024

    func run() throws {
        if cost.cost {
            try runCost()
        } else if let replay {
            try runStrategies(.replay(ReplayFile(path: replay)))
        } else if let prompts {
            let file = try PromptFile(path: prompts, promptArguments)
            if let texts { try runTexts(file, texts.values) } else { try runStrategies(.prompts(file)) }
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
            draftLength: strategies.draftLength ?? (stated > 0 ? stated : SpeculationSetting.defaultDraftLength))
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.text)
        }
    }

    private func runStrategies(_ input: consuming BenchmarkInput) throws {
        let model = try model.load(drafting: strategies.loadedDrafting)
        let names = strategies.names(isReplay: isReplay, hasExit: model.knownSpeculation != nil)
        let compared = try strategies.strategies(names, of: model)
        let texts = try input.texts(for: model, maxTokens: options.maxTokens ?? .max)
        sampling.noteSeed(of: options.sampling)
        if isReplay, strategies.strategy == nil, names.contains(.selfSpeculative) {
            Output.note("early exit is left out, because its text is not the full model's")
        }
        let rounds = rounds ?? StrategyBenchmark.standardRounds
        let benchmark = try StrategyBenchmark(
            model, texts: texts, strategies: compared, rounds: rounds, options: options,
            progress: Progress("written", of: rounds * compared.count * texts.count).callAsFunction)
        guard let benchmark else { throw InterruptedError() }
        let text = BenchmarkTextReport(
            repeatedShare: benchmark.repeatedShare, options.sampling, isReplay: isReplay)
        let report = BenchmarkReport(benchmark, of: model, text)
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.table)
        }
    }

    private func runTexts(_ file: consuming PromptFile, _ counts: [Int]) throws {
        let model = try model.load(drafting: strategies.loadedDrafting)
        let names = strategies.names(isReplay: false, hasExit: model.knownSpeculation != nil)
        let compared = try strategies.strategies(names, of: model)
        let prompts = try file.tokens(for: model)
        sampling.noteSeed(of: options.sampling)
        let rounds = rounds ?? StrategyBenchmark.standardRounds
        let benchmark = try BatchBenchmark(
            model, prompts: prompts, counts: counts, strategies: compared, rounds: rounds, options: options,
            progress: Progress("measured", of: rounds * counts.count * compared.count).callAsFunction)
        guard let benchmark else { throw InterruptedError() }
        let text = BenchmarkTextReport(
            repeatedShare: benchmark.repeatedShare, options.sampling, isReplay: false)
        let report = BatchReport(benchmark, of: model, text)
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.table)
        }
    }
}
