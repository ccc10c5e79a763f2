import ArgumentParser
import LayerSkip

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Find the exit layer and draft length with which a model is fastest on this machine.",
        discussion: """
            The model continues the prompts by plain decoding, the cost of its passes is measured, and every exit \
            layer reads the texts once. That says exactly which drafts of any length would be accepted, so the speed \
            of every exit layer and draft length is predicted without running it. The best is then run, in turn with \
            plain decoding and with drafts chosen by cost (auto).

            A setting that is measured as slower than plain decoding is not recommended.

            If the weights have 16 bits or more, copies in smaller formats are tried, too, as drafts for \
            --draft-quantize. Their figures are estimates.

            The output also ranks the tokens that the model wrote, and says how many of the written tokens the first \
            ones of the ranking cover.

            Without --prompts, a few questions and tasks are used if the model has a chat template, and otherwise \
            beginnings of code and stories. Prompts like those that the model will get give a better answer.

            --csv and --svg replace a file that exists. --save stores the result in the user's cache. All commands \
            then use its exit layer and draft length for this model, and say so; export writes them to GGUF files.
            """)

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            "File of prompts (- for standard input): \(PromptFileArguments.help) (default: a few built-in ones)."),
        transform: expandedPath)
    var prompts: String?

    @OptionGroup var promptArguments: PromptFileArguments

    @Option(parsing: .unconditional, help: "Exit layers to try, comma-separated (default: all but the last).")
    var exitLayers: CommaSeparated<Int>?

    @Option(
        parsing: .unconditional,
        help: """
            Draft lengths to try, comma-separated (default: \(Tuning.Plan.standardDraftLengths.lowerBound) to \
            \(Tuning.Plan.standardDraftLengths.upperBound)).
            """)
    var draftLengths: CommaSeparated<Int>?

    @Option(
        help: ArgumentHelp(
            """
            Formats of copies of the weights to try as drafts if the weights have 16 bits or more: recipes as for \
            --quantize, comma-separated, or none (default: q8_0,q6_k,q5_0,q4_k_m).
            """, valueName: "recipes"),
        transform: recipes)
    var copies: [QuantizationRecipe]?

    @Option(parsing: .unconditional, help: "Maximum number of tokens to generate per prompt.")
    var maxTokens = Tuning.Plan.standardMaxTokens

    @OptionGroup var sampling: TemperatureArguments

    @Option(parsing: .unconditional, help: "Number of rounds of the check.")
    var rounds = StrategyBenchmark.standardRounds

    @Option(
        parsing: .unconditional,
        help: "Number of rounds that measure the cost of passes (default: as many as fit in a few seconds).")
    var costRounds: Int?

    @Flag(
        help: """
            Also run all settings that are predicted to gain at least half of the best one's gain, in turn, to check the \
            prediction. This takes long.
            """)
    var search = false

    @Flag(name: .customLong("ignore-eos"), help: "Keep generating after the model's end-of-text token.")
    var ignoresEndOfText = false

    @OptionGroup var cache: CacheArguments

    @Option(
        help: """
            File for the sweep as CSV, with the columns of the LayerSkip authors' sweep.py, and the predicted speedup.
            """,
        transform: expandedPath)
    var csv: String?

    @Option(help: "File for a picture of the predicted speedups, as SVG.", transform: expandedPath)
    var svg: String?

    @Flag(help: "Store the result in the user's cache, and use it whenever this model is loaded on this machine.")
    var save = false

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    private func plan(_ prompts: [[Token]]) -> Tuning.Plan {
        var plan = Tuning.Plan(prompts: prompts)
        plan.exitLayers = exitLayers?.values
        if let draftLengths { plan.draftLengths = draftLengths.values }
        if let copies { plan.copies = copies }
        plan.options.maxTokens = maxTokens
        plan.options.sampling = sampling.sampling(over: .greedy)
        plan.options.ignoresEndOfText = ignoresEndOfText
        plan.options.cacheFormat = cache.cacheFormat
        plan.costRounds = costRounds
        return plan
    }

    func validate() throws {
        try promptArguments.check(prompts)
        try checkRounds(rounds)
        try checkRounds(costRounds, option: "--cost-rounds")
        // The prompts are not known yet, so any will do.
        try checkUsage(plan([[0]]).validate)
        if save, model.formats.recipe != nil {
            throw ValidationError(
                "--save: expected a model as it is stored, found --quantize or --layers, which change its speed")
        }
        try ResultFiles.check(csv: csv, svg: svg)
    }

    func run() throws {
        let promptFile = try prompts.map { try PromptFile(path: $0, promptArguments) }
        var outputs = try ResultFiles(csv: csv, svg: svg, model: model, input: (prompts, "the prompts"))
        // Opened before it is loaded: a result is only ever stored for files that it is of.
        let checkpoint = try model.checkpoint()
        if save, checkpoint.hasExitBlock, !checkpoint.usesExitBlock {
            throw InputError(
                name: "--save", expected: "the model with its exit block, as other commands run it",
                found: "--without-exit-block")
        }
        if save, checkpoint.isAdapted {
            throw InputError(
                name: "--save", expected: "a whole model (export merges an adapter)", found: "an adapter's model")
        }
        if save { _ = try SavedTuning.place(for: checkpoint.files) }
        // As other commands load it, so that `auto` has what it has there. Copies are only tried.
        let model = try model.load(drafting: DraftingOptions())
        let prompts = if let promptFile { try promptFile.tokens(for: model) } else { try model.tuningPrompts() }
        let plan = plan(prompts)
        sampling.noteSeed(of: plan.options.sampling)
        let tuning = try Tuning(model, plan, copying: checkpoint) { phase, done, total in
            Progress(phase.label, of: total)(done)
        }
        guard let tuning else { throw InterruptedError() }
        Output.note(tuning.notes)
        if let copies, !copies.isEmpty, tuning.copies.isEmpty, tuning.notes.isEmpty {
            Output.note("--copies: none are tried, because the weights have less than 16 bits already")
        }
        let check = try check(tuning, plan, on: model)
        // The report says where the result was stored.
        let saved = Result {
            save ? try model.save(tuning, isFaster: check.isFaster(.selfSpeculative), of: checkpoint) : nil
        }
        let report = TuningReport(tuning, check, of: model, plan.options.sampling, savedTo: try? saved.get())
        let written = Result {
            try outputs.write(
                report, as: format, text: report.text, csv: tuning.csv, svg: TuningPicture(tuning, of: model).svg)
        }
        _ = try saved.get()
        try written.get()
    }

    /// Measures the best setting, with `--search` also others, and drafts chosen by cost, in turn with plain decoding.
    private func check(_ tuning: Tuning, _ plan: Tuning.Plan, on model: TextModel) throws -> StrategyBenchmark {
        let settings = [tuning.setting].compactMap(\.self) + (search ? tuning.otherSettings : [])
        let strategies: [DecodingStrategy] =
            settings.map { .selfSpeculative($0) } + [.auto(exitLayers: tuning.setting.map { [$0.exitLayer] } ?? [])]
        let total = rounds * (strategies.count + 1) * plan.prompts.count
        let benchmark = try StrategyBenchmark(
            model, texts: plan.prompts.map { BenchmarkText(prompt: $0) }, strategies: strategies, rounds: rounds,
            options: plan.options, progress: Progress("texts written to check:", of: total).callAsFunction)
        guard let benchmark else { throw InterruptedError() }
        return benchmark
    }
}

/// Parses the names of recipes that make weights smaller, separated by commas, each once; none for `none`.
private func recipes(_ argument: String) throws -> [QuantizationRecipe] {
    guard argument != "none" else { return [] }
    var recipes: [QuantizationRecipe] = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let recipe = QuantizationRecipe(named: String(name)), recipe.isQuantized, !recipes.contains(recipe) else {
            let names = QuantizationRecipe.all.filter(\.isQuantized).map(\.name).joined(separator: ", ")
            throw ValidationError("expected none, or names among \(names), each once, found \(argument.quoted)")
        }
        recipes.append(recipe)
    }
    return recipes
}

extension StrategyBenchmark {
    /// The speed of the first strategy of a name relative to that of plain decoding, one entry per round.
    func speedups(of name: DecodingStrategy.Name) -> [Double] {
        measurements.first { $0.strategy.name == name }.map { speedups(of: $0) } ?? []
    }

    /// Whether the first strategy of a name was faster than plain decoding, by the median.
    func isFaster(_ name: DecodingStrategy.Name) -> Bool { Spread(speedups(of: name)).median.value ?? 0 > 1 }
}

extension Tuning {
    /// The settings other than the best that are predicted to gain at least half of its gain.
    fileprivate var otherSettings: [SpeculationSetting] {
        guard let best else { return [] }
        return cells.filter { $0 != best && $0.speedup - 1 >= (best.speedup - 1) / 2 }.compactMap { cell in
            cell.exitLayer.map { SpeculationSetting(exitLayer: $0, draftLength: cell.draftLength) }
        }
    }
}

extension Tuning.Phase {
    /// What is counted in the phase.
    fileprivate var label: String {
        switch self {
        case .writing: "texts written:"
        case .measuring: "passes measured:"
        case .reading: "texts read by every exit:"
        case .copying: "copies in smaller formats tried:"
        }
    }
}

extension TextModel {
    /// Stores a tuning in the user's cache, and returns the path.
    ///
    /// - Parameter isFaster: whether its setting was measured as faster than plain decoding; otherwise it has none.
    fileprivate func save(_ tuning: Tuning, isFaster: Bool, of checkpoint: Checkpoint) throws -> String {
        let setting = isFaster ? tuning.setting : nil
        return try SavedTuning(
            setting, tuning.vocabulary.written, of: checkpoint.files, on: .init(model.compute)
        ).save(for: checkpoint.files)
    }
}
