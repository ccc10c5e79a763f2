/// Counts and times of the rounds whose draft is from one source.
public struct SourceStatistics: Sendable, Equatable {
    /// Rounds with such a draft.
    public var rounds = 0
    /// Tokens drafted.
    public var drafted = 0
    /// Drafted tokens that were accepted.
    public var accepted = 0
    /// Seconds that these rounds took.
    public var seconds = 0.0
    /// Seconds by which some of them took longer than plain decoding of their tokens, according to the costs of passes:
    /// those with too few accepted tokens. Only counted for texts that are alone in a batch.
    public var wastedSeconds = 0.0

    /// Creates statistics with all counts zero.
    public init() {}

    /// Tokens that these rounds generated: those accepted, and one by the full model in each.
    public var generatedTokens: Int { accepted + rounds }

    /// - Parameter plainSeconds: what plain decoding of a token is expected to take; nil if that is not known.
    mutating func count(drafted: Int, accepted: Int, seconds: Double, plainSeconds: Double?) {
        rounds += 1
        if let plainSeconds { wastedSeconds += max(0, seconds - Double(accepted + 1) * plainSeconds) }
        self.drafted += drafted
        self.accepted += accepted
        self.seconds += seconds
    }

    static func + (a: SourceStatistics, b: SourceStatistics) -> SourceStatistics {
        var sum = a
        sum.rounds += b.rounds
        sum.drafted += b.drafted
        sum.accepted += b.accepted
        sum.seconds += b.seconds
        sum.wastedSeconds += b.wastedSeconds
        return sum
    }
}
