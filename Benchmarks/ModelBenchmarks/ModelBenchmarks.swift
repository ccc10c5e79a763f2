import Benchmark
import LayerSkip

// Benchmarks of decoding, prefill and passes over a few tokens, for every model in the cache. They measure the same as
// `layerskip benchmark --cost`.

private let tokensPerSecond = BenchmarkMetric.custom("tokens/s", polarity: .prefersLarger, useScalingFactor: false)
private let ofReadSpeed = BenchmarkMetric.custom("% of read speed", polarity: .prefersLarger, useScalingFactor: false)
private let passLengths = [2, 4, 8, 16]

private func passCost(_ tokens: Int) -> BenchmarkMetric {
    .custom("v(\(tokens)), % of one token", polarity: .prefersSmaller, useScalingFactor: false)
}

let benchmarks: @Sendable () -> Void = {
    for file in ModelFile.all {
        for depth in [0, 4096] {
            measure(file, "decode at depth \(depth)", .decode, depth: depth, [tokensPerSecond, ofReadSpeed]) { cost in
                guard let decoding = cost.decoding else { return [] }
                return [
                    (tokensPerSecond, decoding.tokensPerSecond), (ofReadSpeed, 100 * decoding.shareOfReadSpeed),
                ]
            }
        }
        measure(file, "prefill", .prefill, [tokensPerSecond]) { cost in
            cost.prefillTokensPerSecond.map { [(tokensPerSecond, $0)] } ?? []
        }
        measure(file, "passes", .passes, passLengths.map(passCost)) { cost in
            let costs = cost.passes?.costs.filter { passLengths.contains($0.tokens) } ?? []
            return costs.map { (passCost($0.tokens), 100 * $0.cost) }
        }
    }
}

/// Adds a benchmark of one part, repeated as often as fits in a few seconds.
private func measure(
    _ file: ModelFile, _ name: String, _ part: ModelCost.Part, depth: Int = 0, _ metrics: [BenchmarkMetric],
    figures: @escaping (ModelCost) -> [(BenchmarkMetric, Double)]
) {
    var loaded: TextModel?
    Benchmark(
        "\(file.name) \(name)",
        configuration: .init(metrics: metrics, warmupIterations: 0, maxDuration: .seconds(5), maxIterations: 20)
    ) { benchmark in
        let model = try loaded ?? TextModel(path: file.path)
        loaded = model
        guard let cost = try ModelCost.measure(model, [part], depth: depth, rounds: 1) else { return }
        for (metric, value) in figures(cost) { benchmark.measurement(metric, Int(value.rounded())) }
    }
}
