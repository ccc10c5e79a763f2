import LayerSkip

/// A benchmark as JSON and as a table: medians over rounds.
struct BenchmarkReport: Encodable {
    let plain: Row
    let earlyExit: Row
    let selfSpeculative: Row
    let speedup: Spread
    let exitLayer: Int
    let draftLength: Int
    let kernels: String
    let threads: Int

    struct Row: Encodable {
        let decodeTokensPerSecond: Nullable<Double>
        let prefillTokensPerSecond: Nullable<Double>
        let acceptanceRate: Nullable<Double>
        /// The shares of the decoding time that drafting and verifying take.
        let draftShare: Nullable<Double>
        let verifyShare: Nullable<Double>
        let tokens: Int

        init(_ measurements: [DecodingStatistics]) {
            let all = measurements
            decodeTokensPerSecond = Nullable(all.compactMap(\.decodeTokensPerSecond).median)
            prefillTokensPerSecond = Nullable(all.compactMap(\.prefillTokensPerSecond).median)
            acceptanceRate = Nullable(all.compactMap(\.acceptanceRate).median)
            let decoding = all.filter { $0.decodeSeconds > 0 }
            draftShare = Nullable(decoding.map { $0.draftSeconds / $0.decodeSeconds }.median)
            verifyShare = Nullable(decoding.map { $0.verifySeconds / $0.decodeSeconds }.median)
            tokens = all.first?.generatedTokens ?? 0
        }
    }

    struct Spread: Encodable {
        let median: Nullable<Double>
        let min: Nullable<Double>
        let max: Nullable<Double>
    }

    init(_ benchmark: StrategyBenchmark, of model: TextModel, _ setting: SpeculationSetting) {
        exitLayer = setting.exitLayer
        draftLength = setting.draftLength
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
            + "exit layer \(exitLayer), draft length \(draftLength), \(kernels), \(threads.counted("thread"))\n"
    }
}
