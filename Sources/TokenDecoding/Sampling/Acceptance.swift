/// The rule for accepting a sampled draft.
public enum Acceptance: String, Sendable, Codable, CaseIterable {
    /// Draft and target use the same random numbers at each position, so they mostly agree. The text equals that of
    /// plain decoding with the same seed, token by token.
    case coupled
    /// Speculative sampling: x, drafted from p, is accepted with probability min(1, q(x)/p(x)), where q is the full
    /// model's distribution; otherwise a token is drawn from max(q - p, 0), renormalised. Exact only in distribution.
    /// Chen et al., arXiv 2302.01318, algorithm 2; Leviathan et al., arXiv 2211.17192, swap p and q.
    case rejection
}
