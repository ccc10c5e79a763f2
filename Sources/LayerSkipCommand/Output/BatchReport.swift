import LayerSkip

/// A benchmark of several texts at once as JSON and as a table: medians over rounds.
struct BatchReport: Encodable {
    let rows: [Row]
    let text: BenchmarkTextReport
    /// The settings of all strategies.
    let compared: ComparedStrategies
    /// The first exit of the first strategy that has one.
    let exitLayer: Nullable<Int>
    let draftLength: Nullable<Int>
    let kernels: String
    let threads: Int

    struct Row: Encodable {
        let texts: Int
        let plain: Nullable<Speed>
        let selfSpeculative: Nullable<Speed>
        /// The speeds of all strategies, plain first.
        let strategies: [Speed]

        init(_ measured: BatchBenchmark.Measurement, over first: BatchBenchmark.Measurement) {
            texts = measured.texts
            strategies = zip(measured.throughputs, first.throughputs).map { throughput, first in
                Speed(throughput, over: first, speedups: measured.speedups(of: throughput))
            }
            plain = Nullable(strategies.first { $0.name == .plain })
            selfSpeculative = Nullable(strategies.first { $0.name == .selfSpeculative })
        }
    }

    struct Speed: Encodable {
        let name: DecodingStrategy.Name
        /// The speed of all texts together.
        let tokensPerSecond: Nullable<Double>
        /// The speed relative to that with the first number of texts: the median over rounds.
        let ratio: Nullable<Double>
        /// The speed relative to plain decoding's of as many texts.
        let speedup: Spread

        init(_ measured: BatchBenchmark.Throughput, over first: BatchBenchmark.Throughput, speedups: [Double]) {
            name = measured.strategy.name
            tokensPerSecond = Nullable(measured.tokensPerSecond.median)
            ratio = Nullable(zip(measured.tokensPerSecond, first.tokensPerSecond).map { $0 / $1 }.median)
            speedup = Spread(speedups)
        }
    }

    init(_ benchmark: BatchBenchmark, of model: TextModel, _ text: BenchmarkTextReport) {
        rows = benchmark.measurements.map { Row($0, over: benchmark.measurements[0]) }
        self.text = text
        let strategies = benchmark.measurements.first?.throughputs.map(\.strategy) ?? []
        compared = ComparedStrategies(strategies)
        exitLayer = Nullable(strategies.lazy.compactMap(\.exitLayers.first).first)
        draftLength = compared.draftLength
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }
}

// MARK: Text

extension BatchReport {
    /// A line for each number of texts and strategy, one with settings, and one about the texts.
    var table: String {
        let first = rows.first.map { $0.texts.counted("text") } ?? ""
        let name = String(repeating: " ", count: DecodingStrategy.Name.plain.paddedLabel.count)
        let head =
            "texts  " + name + "tok/s".padded(to: 10) + "over \(first)".padded(to: Self.ratioWidth)
            + "  speedup over plain\n"
        let lines = rows.flatMap { row in
            row.strategies.enumerated().map { ($0 == 0 ? "\(row.texts)" : "").padded(to: 5) + "  " + $1.line + "\n" }
        }
        let settings = compared.facts + [kernels, threads.counted("thread")]
        return head + lines.joined() + settings.joined(separator: ", ") + "\n" + text.line
    }

    fileprivate static let ratioWidth = 15
}

extension BatchReport.Speed {
    fileprivate var line: String {
        let rate = tokensPerSecond.value?.formatted(decimals: 1) ?? "-"
        let ratio = ratio.value?.formatted(decimals: 2) ?? "-"
        return name.paddedLabel + rate.padded(to: 10) + ratio.padded(to: BatchReport.ratioWidth)
            + (name == .plain ? "" : "  " + speedup.text)
    }
}
