/// Counts and times of a generator.
public struct DecodingStatistics: Sendable, Equatable {
    /// Prompt tokens that prefills ran through the model. The last token of a prompt belongs to the first round, and
    /// tokens already in the cache are not run again.
    public var prefilledTokens = 0
    /// Seconds in prefills.
    public var prefillSeconds = 0.0
    /// Tokens generated.
    public var generatedTokens = 0
    /// Seconds in decoding rounds.
    public var decodeSeconds = 0.0
    /// Rounds of draft, verify, accept.
    public var rounds = 0
    /// For each draft position, the number of tokens drafted there.
    public var draftedByPosition: [Int] = []
    /// For each draft position, the number of drafted tokens that were accepted, even if the text ended before them.
    public var acceptedByPosition: [Int] = []
    /// Seconds of `decodeSeconds` spent drafting.
    public var draftSeconds = 0.0
    /// Seconds of `decodeSeconds` spent verifying.
    public var verifySeconds = 0.0
    /// In approximate decoding, the tokens by the number of layers that chose them; otherwise empty.
    public var tokensByExit: [Int: Int] = [:]
    /// The rounds by the source of their draft.
    public var sources: [DraftSource: SourceStatistics] = [:]

    /// Creates statistics with all counts and times zero.
    public init() {}

    /// Tokens drafted.
    public var drafted: Int { draftedByPosition.reduce(0, +) }
    /// Drafted tokens that were accepted.
    public var accepted: Int { acceptedByPosition.reduce(0, +) }
    /// accepted / drafted; nil if nothing was drafted.
    public var acceptanceRate: Double? { drafted > 0 ? Double(accepted) / Double(drafted) : nil }
    /// Prompt tokens per second; nil if none were run.
    public var prefillTokensPerSecond: Double? {
        prefilledTokens > 0 ? Double(prefilledTokens) / prefillSeconds : nil
    }
    /// Generated tokens per second of decoding; nil if there are none.
    public var decodeTokensPerSecond: Double? {
        generatedTokens > 0 ? Double(generatedTokens) / decodeSeconds : nil
    }

    mutating func count(
        drafted: Int, accepted: Int, by source: DraftSource? = nil, seconds: Double = 0, plainSeconds: Double? = nil
    ) {
        rounds += 1
        if let source {
            sources[source, default: SourceStatistics()].count(
                drafted: drafted, accepted: accepted, seconds: seconds, plainSeconds: plainSeconds)
        }
        while draftedByPosition.count < drafted {
            draftedByPosition.append(0)
            acceptedByPosition.append(0)
        }
        for position in 0..<drafted { draftedByPosition[position] += 1 }
        for position in 0..<accepted { acceptedByPosition[position] += 1 }
    }
}

extension DecodingStatistics {
    /// Adds another generation's counts and seconds.
    public mutating func add(_ other: DecodingStatistics) {
        prefilledTokens += other.prefilledTokens
        prefillSeconds += other.prefillSeconds
        generatedTokens += other.generatedTokens
        decodeSeconds += other.decodeSeconds
        rounds += other.rounds
        draftSeconds += other.draftSeconds
        verifySeconds += other.verifySeconds
        draftedByPosition = Self.sums(draftedByPosition, other.draftedByPosition)
        acceptedByPosition = Self.sums(acceptedByPosition, other.acceptedByPosition)
        tokensByExit.merge(other.tokensByExit) { $0 + $1 }
        sources.merge(other.sources) { $0 + $1 }
    }

    private static func sums(_ a: [Int], _ b: [Int]) -> [Int] {
        (0..<max(a.count, b.count)).map { ($0 < a.count ? a[$0] : 0) + ($0 < b.count ? b[$0] : 0) }
    }
}
