import LayerSkip

/// The rounds with drafts from one source, as JSON.
struct SourceReport: Encodable {
    let rounds: Int
    let drafted: Int
    let accepted: Int
    let seconds: Double
    let wastedSeconds: Double
    /// The speed of these rounds relative to that of plain decoding; null if that was not measured.
    let gain: Nullable<Double>

    /// - Parameter plain: tokens per second of plain decoding in the same run.
    init(_ statistics: SourceStatistics, plain: Double? = nil) {
        rounds = statistics.rounds
        drafted = statistics.drafted
        accepted = statistics.accepted
        seconds = statistics.seconds
        wastedSeconds = statistics.wastedSeconds
        gain = Nullable(plain.map { Double(statistics.generatedTokens) / statistics.seconds / $0 })
    }

    /// The reports of all sources by name.
    static func all(
        _ sources: [DraftSource: SourceStatistics], plain: Double? = nil
    ) -> [String: SourceReport] {
        Dictionary(uniqueKeysWithValues: sources.map { ($0.key.rawValue, SourceReport($0.value, plain: plain)) })
    }

    /// The report in a line.
    var text: String {
        let parts = [
            rounds.counted("round"), "\((Double(drafted) / Double(rounds)).formatted(decimals: 1)) drafted",
            "\((Double(accepted) / Double(drafted)).percentage) accepted",
            gain.value.map { "\($0.formatted(decimals: 2))x" },
            "\((wastedSeconds / seconds).percentage) of time wasted",
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension DraftSource {
    /// In words.
    var summary: String {
        switch self {
        case .lookup: "lookup"
        case .earlyExit: "early exit"
        case .lowBit: "low-bit"
        case .cascade: "cascade"
        }
    }
}
