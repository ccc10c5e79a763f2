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

    /// Creates statistics with all counts zero.
    public init() {}

    /// Tokens that these rounds generated: those accepted, and one by the full model in each.
    public var generatedTokens: Int { accepted + rounds }

    mutating func count(drafted: Int, accepted: Int, seconds: Double) {
        rounds += 1
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
        return sum
    }
}
