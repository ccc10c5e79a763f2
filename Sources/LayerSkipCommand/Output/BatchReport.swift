import LayerSkip

/// A benchmark of several texts at once as JSON and as a table: medians over rounds.
struct BatchReport: Encodable {
    let rows: [Row]
    let exitLayer: Int
    let draftLength: Int
    let kernels: String
    let threads: Int

    struct Row: Encodable {
        let texts: Int
        let plain: Speed
        let selfSpeculative: Speed
    }

    struct Speed: Encodable {
        /// The speed of all texts together.
        let tokensPerSecond: Nullable<Double>
        /// The speed relative to that with the first number of texts: the median over rounds.
        let ratio: Nullable<Double>

        init(_ speeds: [Double], over first: [Double]) {
            tokensPerSecond = Nullable(speeds.median)
            ratio = Nullable(zip(speeds, first).map { $0 / $1 }.median)
        }
    }

    init(_ benchmark: BatchBenchmark, of model: TextModel, _ setting: SpeculationSetting) {
        let first = benchmark.measurements.first
        rows = benchmark.measurements.map { measured in
            Row(
                texts: measured.texts, plain: Speed(measured.plain, over: first?.plain ?? []),
                selfSpeculative: Speed(measured.selfSpeculative, over: first?.selfSpeculative ?? []))
        }
        exitLayer = setting.exitLayer
        draftLength = setting.draftLength
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
    }

    var table: String {
        func cells(_ speed: Speed) -> String {
            (speed.tokensPerSecond.value?.formatted(decimals: 1) ?? "-").padded(to: 10)
                + (speed.ratio.value?.formatted(decimals: 2) ?? "-").padded(to: 7) + "x"
        }
        let head = "texts     plain tok/s         self-speculative tok/s\n"
        let lines = rows.map { row in
            "\(row.texts)".padded(to: 5) + cells(row.plain) + cells(row.selfSpeculative).padded(to: 24) + "\n"
        }
        return head + lines.joined()
            + "exit layer \(exitLayer), draft length \(draftLength), \(kernels), \(threads) threads\n"
    }
}
