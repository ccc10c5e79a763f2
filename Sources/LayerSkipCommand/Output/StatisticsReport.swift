import LayerSkip

/// A generation's statistics as JSON. Rates are null if nothing was counted. Rounds count drafting and verifying only,
/// so there are none without drafts.
struct StatisticsReport: Encodable {
    let loadSeconds: Double
    let prefillTokensPerSecond: Nullable<Double>
    let decodeTokensPerSecond: Nullable<Double>
    let rounds: Int
    let drafted: Int
    let accepted: Int
    let acceptanceRate: Nullable<Double>
    let acceptedByPosition: [Int]
    let draftSeconds: Double
    let verifySeconds: Double
    /// By the source of drafts.
    let sources: [String: SourceReport]
    /// In approximate decoding, the tokens by the number of layers that chose them; otherwise empty.
    let tokensByExit: [String: Int]
    let kernels: String
    let threads: Int
    let weightBytes: Int
    let cacheBytes: Int
    let peakMemoryBytes: Int

    init(_ model: TextModel, _ result: GenerationResult) {
        let statistics = result.statistics
        loadSeconds = model.loadSeconds
        prefillTokensPerSecond = Nullable(statistics.prefillTokensPerSecond)
        decodeTokensPerSecond = Nullable(statistics.decodeTokensPerSecond)
        rounds = statistics.drafted > 0 ? statistics.rounds : 0
        drafted = statistics.drafted
        accepted = statistics.accepted
        acceptanceRate = Nullable(statistics.acceptanceRate)
        acceptedByPosition = statistics.acceptedByPosition
        draftSeconds = statistics.draftSeconds
        verifySeconds = statistics.verifySeconds
        sources = SourceReport.all(statistics.sources)
        tokensByExit = statistics.tokensByExit.namedKeys
        kernels = model.model.compute.kernels.name
        threads = model.model.compute.pool.threadCount
        weightBytes = model.model.weightByteCount
        cacheBytes = result.cacheByteCount
        peakMemoryBytes = peakMemoryByteCount()
    }
}

extension GenerationResult {
    /// A summary in one line.
    func summary(of model: TextModel) -> String {
        var parts = [tokens.count.counted("token")]
        if let rate = statistics.decodeTokensPerSecond { parts[0] += " at \(rate.formatted(decimals: 1))/s" }
        parts.append("prompt \(promptTokens.count)")
        if let rate = statistics.prefillTokensPerSecond { parts[1] += " at \(rate.formatted(decimals: 1))/s" }
        if let rate = statistics.acceptanceRate {
            parts.append(
                "accepted \(statistics.accepted) of \(statistics.drafted.counted("draft")) (\(rate.percentage))"
                    + statistics.sourceSummary)
        }
        if let exits = statistics.exitSummary { parts.append(exits) }
        parts.append("ended by \(finishReason.summary)")
        let compute = model.model.compute
        parts.append("\(compute.kernels.name), \(compute.pool.threadCount.counted("thread"))")
        parts.append("peak \(peakMemoryByteCount().megabytes)")
        return parts.joined(separator: " | ")
    }
}

extension DecodingStatistics {
    /// The accepted drafts of each source, if there are several.
    fileprivate var sourceSummary: String {
        guard sources.count > 1 else { return "" }
        let parts = DraftSource.allCases.compactMap { source in
            sources[source].map { "\($0.accepted) by \(source.summary)" }
        }
        return ": " + parts.joined(separator: ", ")
    }
}

extension [Int: Int] {
    /// The same with keys as strings, as keys in JSON are.
    var namedKeys: [String: Int] { [String: Int](uniqueKeysWithValues: map { ("\($0.key)", $0.value) }) }
}

extension DecodingStatistics {
    /// How many tokens each number of layers chose; nil unless decoding was approximate.
    fileprivate var exitSummary: String? {
        guard !tokensByExit.isEmpty else { return nil }
        let shares = tokensByExit.sorted { $0.key < $1.key }.map { layers, count in
            "\((Double(count) / Double(max(1, generatedTokens))).percentage) after \(layers)"
        }
        return "approximate: tokens chosen " + shares.joined(separator: ", ") + " layers"
    }
}

extension FinishReason {
    fileprivate var summary: String {
        switch self {
        case .endOfText: "end of text"
        case .stop(let text): "stop \(text.debugDescription)"
        case .maxTokens: "max tokens"
        case .contextFull: "full context"
        case .cancelled: "interruption"
        }
    }
}
