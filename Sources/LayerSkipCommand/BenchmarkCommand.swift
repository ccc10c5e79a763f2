import ArgumentParser
import LayerSkip

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Plain decoding, early exit and self-speculation in turn.",
        discussion: "Medians over the rounds; the speedup is taken within each round, since machines drift.")

    @OptionGroup var model: ModelOptions

    @Option(help: "Prompts: JSON Lines of {\"prompt\": \"...\"}.")
    var prompts: String

    @Option(parsing: .unconditional, help: "How many layers run before the early exit.")
    var exitLayer: Int

    @Option(parsing: .unconditional, help: "How many tokens are drafted a round.")
    var draftLength: Int

    @Option(parsing: .unconditional, help: "The most tokens to write for a prompt.")
    var maxTokens = 128

    @Option(parsing: .unconditional, help: "How many rounds.")
    var rounds = 3

    @Flag(name: .customLong("ignore-eos"), help: "Write on where the model ends its text.")
    var ignoresEndOfText = false

    @OptionGroup var cache: CacheArguments

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    private var options: GenerationOptions {
        var options = GenerationOptions()
        options.strategy = .selfSpeculative(exitLayer: exitLayer, draftLength: draftLength)
        options.maxTokens = maxTokens
        options.ignoresEndOfText = ignoresEndOfText
        options.cacheFormat = cache.cacheFormat
        return options
    }

    func validate() throws {
        try checkUsage(options.validate)
        if rounds < 1 { throw ValidationError("--rounds: expected 1 or more, found \(rounds)") }
    }

    func run() throws {
        let prompts = try PromptFile(path: prompts)
        let model = try model.load()
        let total = rounds * 3 * prompts.prompts.count
        let benchmark = try StrategyBenchmark(
            model, prompts: prompts.tokens(for: model), exitLayer: exitLayer, draftLength: draftLength, rounds: rounds,
            options: options, progress: Progress("written", of: total).callAsFunction)
        guard benchmark.selfSpeculative.count == rounds else { throw InterruptedError() }
        let report = BenchmarkReport(benchmark, on: model)
        switch format {
        case .json: try Output.write(json: report)
        case .text: try Output.write(report.table)
        }
    }
}

/// A benchmark as JSON and as a table: medians over rounds.
private struct BenchmarkReport: Encodable {
    let plain: Row
    let earlyExit: Row
    let selfSpeculative: Row
    let speedup: Spread
    let kernels: String
    let threads: Int

    struct Row: Encodable {
        let decodeTokensPerSecond: Nullable<Double>
        let prefillTokensPerSecond: Nullable<Double>
        let acceptanceRate: Nullable<Double>
        let tokens: Int

        init(_ measurements: [DecodingStatistics]) {
            let all = measurements
            decodeTokensPerSecond = Nullable(all.compactMap(\.decodeTokensPerSecond).median)
            prefillTokensPerSecond = Nullable(all.compactMap(\.prefillTokensPerSecond).median)
            acceptanceRate = Nullable(all.compactMap(\.acceptanceRate).median)
            tokens = all.first?.generatedTokens ?? 0
        }
    }

    struct Spread: Encodable {
        let median: Nullable<Double>
        let min: Nullable<Double>
        let max: Nullable<Double>
    }

    init(_ benchmark: StrategyBenchmark, on model: TextModel) {
        plain = Row(benchmark.plain)
        earlyExit = Row(benchmark.earlyExit)
        selfSpeculative = Row(benchmark.selfSpeculative)
        let speedups = benchmark.speedups
        speedup = Spread(
            median: Nullable(speedups.median), min: Nullable(speedups.min()), max: Nullable(speedups.max()))
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }

    var table: String {
        func line(_ name: String, _ row: Row) -> String {
            let rate = row.decodeTokensPerSecond.value?.formatted(decimals: 1) ?? "-"
            let acceptance = row.acceptanceRate.value?.percentage ?? ""
            return name + rate.padded(to: 10) + " tok/s" + acceptance.padded(to: 10) + "\n"
        }
        func number(_ value: Nullable<Double>) -> String { value.value?.formatted(decimals: 2) ?? "-" }
        return line("plain           ", plain) + line("early exit      ", earlyExit)
            + line("self-speculative", selfSpeculative)
            + "speedup \(number(speedup.median)) (\(number(speedup.min))...\(number(speedup.max))), "
            + "\(kernels), \(threads) threads\n"
    }
}

extension [Double] {
    /// The middle value, or the mean of the two middle ones; nil where there is none.
    fileprivate var median: Double? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
