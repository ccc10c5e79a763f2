import LanguageModels
import TensorCore

/// Tokens proposed to follow a text, with what their making leaves for verification to use.
struct Draft {
    /// The proposed tokens, in order.
    private(set) var tokens: [Token] = []
    /// What each token was drawn from: as many as `tokens`.
    private(set) var distributions: [Distribution] = []
    /// How sure the drafting layers were of each token; empty where the drafter does not ask.
    private(set) var confidences: [Double] = []
    /// How many layers the rows in `hidden` have been through, and so how many of the cache's layers run ahead.
    var layersSeen = 0
    /// Rows [n, width] of the pending token and of as many drafted ones as were run, at most one more than `tokens`:
    /// the residual stream entering layer `layersSeen`, which verification need not compute again (the paper's exit
    /// query cache).
    private(set) var hidden: [Tensor] = []
    /// Rows of `hidden`.
    private(set) var rowsSeen = 0
    /// What proposed the first token.
    private(set) var origin: DraftOrigin?

    /// Adds a token.
    mutating func append(_ token: Token, from distribution: Distribution, confidence: Double?, by origin: DraftOrigin) {
        if tokens.isEmpty { self.origin = origin }
        tokens.append(token)
        distributions.append(distribution)
        if let confidence { confidences.append(confidence) }
    }

    /// Adds rows that have been through the first `layersSeen` layers.
    mutating func append(hidden rows: Tensor) {
        hidden.append(rows)
        rowsSeen += rows.rows
    }

    /// Makes it a draft of nothing, whose memory the next one uses.
    mutating func removeAll() {
        tokens.removeAll(keepingCapacity: true)
        distributions.removeAll(keepingCapacity: true)
        confidences.removeAll(keepingCapacity: true)
        layersSeen = 0
        hidden.removeAll(keepingCapacity: true)
        rowsSeen = 0
        origin = nil
    }
}
