import LayerSkip

/// A benchmark as JSON and as a table: medians over rounds.
struct BenchmarkReport: Encodable {
    let plain: Nullable<Row>
    let earlyExit: Nullable<Row>
    let selfSpeculative: Nullable<Row>
    /// The speedup of self-speculative decoding.
    let speedup: Nullable<Spread>
    /// The rows of all strategies, plain first.
    let strategies: [Row]
    let text: BenchmarkTextReport
    let exitLayer: Nullable<Int>
    let draftLength: Nullable<Int>
    let kernels: String
    let threads: Int

    struct Row: Encodable {
        let name: DecodingStrategy.Name
        let decodeTokensPerSecond: Nullable<Double>
        let prefillTokensPerSecond: Nullable<Double>
        let acceptanceRate: Nullable<Double>
        /// The shares of the decoding time that drafting and verifying take.
        let draftShare: Nullable<Double>
        let verifyShare: Nullable<Double>
        let tokens: Int
        /// The sources of drafts, over all rounds.
        let sources: [String: SourceReport]
        /// The speed relative to that of plain decoding.
        let speedup: Spread

        init(_ measurement: StrategyBenchmark.Measurement, in benchmark: StrategyBenchmark) {
            let all = measurement.rounds
            name = measurement.strategy.name
            decodeTokensPerSecond = Nullable(all.compactMap(\.decodeTokensPerSecond).median)
            prefillTokensPerSecond = Nullable(all.compactMap(\.prefillTokensPerSecond).median)
            acceptanceRate = Nullable(all.compactMap(\.acceptanceRate).median)
            let decoding = all.filter { $0.decodeSeconds > 0 }
            draftShare = Nullable(decoding.map { $0.draftSeconds / $0.decodeSeconds }.median)
            verifyShare = Nullable(decoding.map { $0.verifySeconds / $0.decodeSeconds }.median)
            tokens = all.first?.generatedTokens ?? 0
            var sum = DecodingStatistics()
            for round in all { sum.add(round) }
            var plain = DecodingStatistics()
            for round in benchmark.measurements[0].rounds { plain.add(round) }
            sources = SourceReport.all(sum.sources, plain: plain.decodeTokensPerSecond)
            speedup = Spread(benchmark.speedups(of: measurement))
        }
    }

    struct Spread: Encodable {
        let median: Nullable<Double>
        let min: Nullable<Double>
        let max: Nullable<Double>

        init(_ values: [Double]) {
            median = Nullable(values.median)
            min = Nullable(values.min())
            max = Nullable(values.max())
        }
    }

    init(_ benchmark: StrategyBenchmark, of model: TextModel, _ text: BenchmarkTextReport) {
        let rows = benchmark.measurements.map { Row($0, in: benchmark) }
        func row(_ name: DecodingStrategy.Name) -> Row? { rows.first { $0.name == name } }
        plain = Nullable(row(.plain))
        earlyExit = Nullable(row(.earlyExit))
        selfSpeculative = Nullable(row(.selfSpeculative))
        speedup = Nullable(row(.selfSpeculative)?.speedup)
        strategies = rows
        self.text = text
        let measured = benchmark.measurements.map(\.strategy)
        exitLayer = Nullable(measured.lazy.compactMap { $0.draftingExitLayer ?? $0.textLayerCount }.first)
        draftLength = Nullable(measured.lazy.compactMap(\.draftLength).first)
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }
}

// MARK: Text

extension BenchmarkReport {
    /// A line for each strategy, one with speedups and settings, and one about the texts.
    var table: String {
        let facts = speedups + settings + [kernels, threads.counted("thread")]
        return strategies.map(\.line).joined() + facts.joined(separator: ", ") + "\n" + text.line
    }

    /// The speedups of the strategies that write plain decoding's texts. If there are several, each is named.
    private var speedups: [String] {
        let rows = strategies.filter { $0.name != .plain && $0.name != .earlyExit }
        return rows.map { row in "speedup " + (rows.count > 1 ? "of \(row.label) " : "") + row.speedup.text }
    }

    private var settings: [String] {
        [exitLayer.value.map { "exit layer \($0)" }, draftLength.value.map { "draft length \($0)" }].compactMap(\.self)
    }
}

extension BenchmarkReport.Row {
    fileprivate var label: String { name == .earlyExit ? "early exit" : name.rawValue }

    fileprivate var line: String {
        let rate = decodeTokensPerSecond.value?.formatted(decimals: 1) ?? "-"
        let acceptance = acceptanceRate.value?.percentage ?? ""
        let padding = String(repeating: " ", count: max(0, DecodingStrategy.Name.longest - label.count))
        let total = label + padding + rate.padded(to: 10) + " tok/s" + acceptance.padded(to: 10) + "\n"
        guard name == .auto else { return total }
        let parts = DraftSource.allCases.compactMap { source in
            sources[source.rawValue].map { "  \(source.summary): \($0.text)\n" }
        }
        return total + parts.joined()
    }
}

extension BenchmarkReport.Spread {
    fileprivate var text: String {
        func number(_ value: Nullable<Double>) -> String { value.value?.formatted(decimals: 2) ?? "-" }
        return "\(number(median)) (\(number(min))...\(number(max)))"
    }
}

extension DecodingStrategy {
    /// The number of tokens drafted per round; nil if it is not fixed.
    fileprivate var draftLength: Int? {
        if case .selfSpeculative(let setting) = self { setting.draftLength } else { nil }
    }
}

extension DecodingStrategy.Name {
    /// The number of characters of the longest name.
    fileprivate static var longest: Int { allCases.map(\.rawValue.count).max() ?? 0 }
}
