import ArgumentParser
import LayerSkip

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that speculative output is identical to plain decoding, logits included.",
        discussion: """
            If anything differs, prints the first difference of each test case and exits with code 1. There is a case \
            for each prompt, seed and exit layer, and one for all exit layers together. With --strategy \
            self-speculative, there is one for each prompt, seed, exit layer and draft length.
            """)

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp("File of prompts (- for standard input): \(PromptFileArguments.help)."),
        transform: expandedPath)
    var prompts: String

    @OptionGroup var promptArguments: PromptFileArguments

    @Option(
        help: """
            The strategy to test (default: auto, or self-speculative with --exit-layers or --draft-lengths).
            """)
    var strategy: VerifiedStrategy?

    @Option(parsing: .unconditional, help: "Exit layers to test, comma-separated (default: the model's setting).")
    var exitLayers: CommaSeparated<Int>?

    @Option(parsing: .unconditional, help: "Draft lengths to test, comma-separated (default: the model's setting).")
    var draftLengths: CommaSeparated<Int>?

    @OptionGroup var drafting: DraftingArguments

    @Option(parsing: .unconditional, help: "Maximum number of tokens to generate per prompt.")
    var maxTokens = 64

    @OptionGroup var source: SamplingSourceArguments

    @Option(
        parsing: .unconditional, help: "Sampling temperature; 0 always takes the most likely token (default: 0).")
    var temperature: Float?

    @Option(parsing: .unconditional, help: "Sampling seeds to test, comma-separated; -1 chooses one.")
    var seed = CommaSeparated([Seed(0)])

    @OptionGroup var cache: CacheArguments

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    private var isAuto: Bool { (strategy ?? (exitLayers == nil && draftLengths == nil ? .auto : nil)) == .auto }

    /// The plan, without its prompts.
    ///
    /// - Parameters:
    ///   - setting: that of self-speculation by default.
    ///   - auto: makes the strategy ``DecodingStrategy/auto(exitLayers:)`` for given exit layers, or those of the model.
    private func plan(
        _ setting: SpeculationSetting?, _ base: Sampling, auto: ([Int]?) -> DecodingStrategy
    ) -> Verification.Plan {
        var plan =
            isAuto
            ? Verification.Plan(prompts: [], strategies: Self.exits(exitLayers?.values).map(auto))
            : Verification.Plan(
                prompts: [], exitLayers: exitLayers?.values ?? [setting?.exitLayer].compactMap(\.self),
                draftLengths: draftLengths?.values ?? [setting?.draftLength].compactMap(\.self))
        plan.maxTokens = maxTokens
        plan.cacheFormat = cache.cacheFormat
        plan.samplings = seed.values.map { seed in
            var sampling = base
            sampling.temperature = temperature ?? base.temperature
            sampling.seed = seed.value
            return sampling
        }
        return plan
    }

    /// The exits that drafts are chosen from, case by case: each alone, and all together. Nil is for those of the model.
    private static func exits(_ given: [Int]?) -> [[Int]?] {
        guard let given else { return [nil] }
        return given.map { [$0] } + (given.count > 1 ? [given] : [])
    }

    func validate() throws {
        if isAuto, draftLengths != nil {
            throw ValidationError("--draft-lengths: expected --strategy self-speculative with it")
        }
        try promptArguments.check(prompts)
        try drafting.check(usesLowBit: isAuto, usesVocabulary: true)
        // The model's setting is not known yet, so any valid one will do.
        let plan = plan(SpeculationSetting(exitLayer: 1, draftLength: 1), .greedy) { .auto(exitLayers: $0 ?? []) }
        try checkUsage(plan.validate)
    }

    func run() throws {
        let prompts = try PromptFile(path: prompts, promptArguments)
        let model = try model.load(drafting: drafting.options(isUsed: isAuto))
        let setting = model.knownSpeculation
        var plan = plan(setting, source.sampling(of: model), auto: model.autoStrategy)
        if !isAuto {
            model.notePublished(
                exitLayer: exitLayers, draftLength: draftLengths, options: "--exit-layers and --draft-lengths")
            if exitLayers == nil, setting == nil { throw InputError.unsaid("--exit-layers", by: model) }
            if draftLengths == nil, setting == nil { throw InputError.unsaid("--draft-lengths", by: model) }
        }
        drafting.noteUnused(by: plan.strategies, of: model)
        noteSampling(plan.samplings, of: model)
        plan.prompts = try prompts.tokens(for: model)
        Output.note(
            longRoPEOf: model,
            contexts: plan.prompts.map { model.fittingContext(promptCount: $0.count, maxTokens: plan.maxTokens) })
        let total = plan.prompts.count * plan.samplings.count * plan.strategies.count
        let verification = try Verification(model, plan, progress: Progress("verified", of: total).callAsFunction)
        guard verification.caseCount == total else { throw InterruptedError() }
        switch format {
        case .json: try Output.write(json: VerificationReport(verification))
        case .text: try report(verification, on: model)
        }
        if verification.draftCount == 0 {
            Output.note("nothing was drafted, so this says nothing about drafts; try more tokens or prompts")
        }
        if !verification.isEqual { throw ExitCode.failure }
    }

    private func noteSampling(_ samplings: [Sampling], of model: TextModel) {
        guard let first = samplings.first else { return }
        if source.sampling == .model { source.note(first, of: model) }
        if seed.values.contains(where: \.isRandom), !first.isGreedy {
            let seeds = seed.values.map(\.description).joined(separator: ",")
            Output.note("seed: \(seeds) (--seed \(seeds) repeats the test)")
        }
    }

    private func report(_ verification: Verification, on model: TextModel) throws {
        let compute = model.model.compute
        try Output.write(
            """
            \(verification.caseCount.counted("case")), \(verification.equalCount) with equal tokens, \
            \(verification.logitsEqualCount) with equal logits, \(verification.draftCount.counted("draft")) \
            (\(compute.kernels.name), \(compute.pool.threadCount.counted("thread")))

            """)
        for difference in verification.differences.prefix(10) {
            try Output.write(
                """
                prompt \(difference.prompt), \(difference.strategy.summary), seed \(difference.seed): \
                \(difference.explanation)

                """)
        }
    }
}

extension Verification.Difference {
    fileprivate var explanation: String {
        func name(_ token: Token?) -> String { token.map { "token \($0)" } ?? "the end" }
        if expected == found { return "the logits at \(position), expected those of plain decoding, found others" }
        return "at \(position), expected \(name(expected)), found \(name(found))"
    }
}

/// The strategies that draft, and whose text must be plain decoding's.
enum VerifiedStrategy: String, CaseIterable, ExpressibleByArgument {
    case auto
    case selfSpeculative = "self-speculative"
}

extension DecodingStrategy {
    fileprivate var summary: String {
        switch self {
        case .auto([]): "auto"
        case .auto(let exitLayers): "auto with exit layer \(exitLayers.map(\.description).joined(separator: ", "))"
        case .plain: "plain"
        case .earlyExit(let exitLayer): "early exit \(exitLayer)"
        case .approximate(let rule): "early exit by \(rule.summary)"
        case .selfSpeculative(let setting): setting.summary
        }
    }
}

/// A verification as JSON.
private struct VerificationReport: Encodable {
    let cases: Int
    let equal: Int
    let logitsEqual: Int
    let drafts: Int
    let differences: [Difference]

    struct Difference: Encodable {
        let prompt: Int
        let strategy: DecodingStrategy
        let seed: UInt64
        let position: Int
        let expected: Nullable<Token>
        let found: Nullable<Token>
    }

    init(_ verification: Verification) {
        cases = verification.caseCount
        equal = verification.equalCount
        logitsEqual = verification.logitsEqualCount
        drafts = verification.draftCount
        differences = verification.differences.map {
            Difference(
                prompt: $0.prompt, strategy: $0.strategy, seed: $0.seed, position: $0.position,
                expected: Nullable($0.expected), found: Nullable($0.found))
        }
    }
}
