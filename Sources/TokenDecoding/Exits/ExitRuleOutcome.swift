import CLibc

/// What approximate or plain decoding makes of a given text, as means over its scored tokens.
public struct ExitRuleOutcome: Sendable, Equatable {
    /// The scored tokens by the number of layers that chose them.
    public private(set) var tokensByExit: [Int: Int] = [:]
    private var losses = 0.0
    private var hits = 0
    private var agreements = 0

    /// The number of scored tokens.
    public var tokens: Int { tokensByExit.values.reduce(0, +) }
    /// The layers that a token runs through before it is chosen. The rest of its layers only run together with those of
    /// a later token.
    public var layersPerToken: Double { mean(Double(tokensByExit.reduce(0) { $0 + $1.key * $1.value })) }
    /// Negative log-likelihood in nats per token.
    public var loss: Double { mean(losses) }
    /// e to the loss.
    public var perplexity: Double { exp(loss) }
    /// Share of tokens that are the chosen exit's most likely prediction.
    public var accuracy: Double { mean(Double(hits)) }
    /// Share of tokens at which the chosen exit and the last layer find the same token most likely.
    public var agreement: Double { mean(Double(agreements)) }

    private func mean(_ sum: Double) -> Double { sum / Double(max(1, tokens)) }

    mutating func count(layers: Int, loss: Double, isHit: Bool, isAgreed: Bool) {
        tokensByExit[layers, default: 0] += 1
        losses += loss
        hits += isHit ? 1 : 0
        agreements += isAgreed ? 1 : 0
    }
}
