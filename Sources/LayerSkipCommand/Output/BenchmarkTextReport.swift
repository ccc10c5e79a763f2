import LayerSkip

/// The kind of text that a benchmark wrote, as JSON and as a line: how many drafts are accepted depends on it.
struct BenchmarkTextReport: Encodable {
    let kind: Kind
    let temperature: Double
    /// The seed; null if the most likely tokens are taken.
    let seed: Nullable<UInt64>
    /// See ``StrategyBenchmark/repeatedShare``.
    let repeatedShare: Double
    /// Whether all strategies but early exit wrote equal texts. They did, or the benchmark would have failed.
    let equal = true

    enum Kind: String, Encodable {
        case greedy, sampled, replayed
    }

    init(repeatedShare: Double, _ sampling: Sampling, isReplay: Bool) {
        kind = isReplay ? .replayed : sampling.isGreedy ? .greedy : .sampled
        // In decimals, as it was given.
        temperature = Double("\(sampling.temperature)") ?? 0
        seed = Nullable(sampling.isGreedy ? nil : sampling.seed)
        self.repeatedShare = repeatedShare
    }

    var line: String {
        let draws = seed.value.map { " (temperature \(temperature), seed \($0))" } ?? ""
        return "\(kind.rawValue) texts\(draws), \(repeatedShare.percentage) of their tokens continue a repeated "
            + "\([Token].repeatedLength)-gram; texts equal\n"
    }
}
