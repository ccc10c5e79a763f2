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
    /// The settings of all strategies.
    let compared: ComparedStrategies
    /// The first exit of the first strategy that has one.
    let exitLayer: Nullable<Int>
    let draftLength: Nullable<Int>
    let kernels: String
    let threads: Int

    struct Row: Encodable {
        let name: DecodingStrategy.Name
        /// The exits that drafts or tokens use.
        let exitLayers: [Int]
        let decodeTokensPerSecond: Nullable<Double>
        let prefillTokensPerSecond: Nullable<Double>
        let acceptanceRate: Nullable<Double>
        /// For each draft position, the numbers of tokens drafted and accepted there, over all rounds.
        let draftedByPosition: [Int]
        let acceptedByPosition: [Int]
        /// The shares of the decoding time that drafting and verifying take.
        let draftShare: Nullable<Double>
        let verifyShare: Nullable<Double>
        let tokens: Int
        /// In approximate decoding, the tokens of all rounds by the number of layers that chose them.
        let tokensByExit: [String: Int]
        /// The sources of drafts, over all rounds.
        let sources: [String: SourceReport]
        /// The speed relative to that of plain decoding.
        let speedup: Spread

        init(_ measurement: StrategyBenchmark.Measurement, in benchmark: StrategyBenchmark) {
            let all = measurement.rounds
            name = measurement.strategy.name
            exitLayers = measurement.strategy.exitLayers
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
            draftedByPosition = sum.draftedByPosition
            acceptedByPosition = sum.acceptedByPosition
            tokensByExit = sum.tokensByExit.namedKeys
            sources = SourceReport.all(sum.sources, plain: plain.decodeTokensPerSecond)
            speedup = Spread(benchmark.speedups(of: measurement))
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
        compared = ComparedStrategies(benchmark.measurements.map(\.strategy))
        exitLayer = Nullable(rows.lazy.compactMap(\.exitLayers.first).first)
        draftLength = compared.draftLength
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }
}

// MARK: Text

extension BenchmarkReport {
    /// A line for each strategy, one with speedups and settings, and one about the texts.
    var table: String {
        let facts = speedups + compared.facts + [kernels, threads.counted("thread")]
        return strategies.map { $0.line(label($0)) }.joined() + facts.joined(separator: ", ") + "\n" + text.line
    }

    /// A row's name, with its exits if another row has the same name.
    private func label(_ row: Row) -> String {
        guard strategies.count(where: { $0.name == row.name }) > 1 else { return row.name.label }
        return "\(row.name.label) \(row.exitLayers.map(\.description).joined(separator: ","))"
    }

    /// The speedups of the strategies that write plain decoding's texts. If there are several, each is named.
    private var speedups: [String] {
        let rows = strategies.filter { $0.name != .plain && $0.name != .earlyExit }
        return rows.map { row in "speedup " + (rows.count > 1 ? "of \(label(row)) " : "") + row.speedup.text }
    }
}

extension BenchmarkReport.Row {
    fileprivate func line(_ label: String) -> String {
        let rate = decodeTokensPerSecond.value?.formatted(decimals: 1) ?? "-"
        let acceptance = acceptanceRate.value?.percentage ?? ""
        let total =
            DecodingStrategy.Name.padded(label) + rate.padded(to: 10) + " tok/s" + acceptance.padded(to: 10) + "\n"
        guard name == .auto else { return total }
        let parts = DraftSource.allCases.compactMap { source in
            sources[source.rawValue].map { "  \(source.summary): \($0.text)\n" }
        }
        return total + parts.joined()
    }
}
