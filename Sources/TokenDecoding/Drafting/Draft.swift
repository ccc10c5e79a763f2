import LanguageModels
import TensorCore

/// Tokens proposed to follow a text, with the intermediate results that verification reuses.
struct Draft {
    /// The proposed tokens, in order.
    private(set) var tokens: [Token] = []
    /// The distribution that each token was drawn from; as many as `tokens`.
    private(set) var distributions: [Distribution] = []
    /// The drafting layers' probability of each token; empty if the drafter does not need it.
    private(set) var confidences: [Double] = []
    /// How rows run; nil if none have been through layers.
    var path: DraftPath?
    /// The number of layers that the rows in `hidden` have been through, which verification need not run: 0 for low-bit
    /// drafts. As many of the cache's layers are ahead of the others.
    var layersSeen: Int { path?.weights == .own ? path?.layers ?? 0 : 0 }
    /// The residual stream entering layer `layersSeen`, which verification need not recompute (the paper's exit query
    /// cache): rows [n, width] of the pending token and of the drafted tokens that were run, at most one more than
    /// `tokens`.
    private(set) var hidden: [Tensor] = []
    /// The number of rows of the pending token and of drafted tokens that have been through layers.
    private(set) var rowsSeen = 0
    /// The source of the first token.
    private(set) var source: DraftSource?

    /// Takes memory for so many tokens, so that rounds need not.
    mutating func reserveCapacity(_ count: Int) {
        tokens.reserveCapacity(count)
        distributions.reserveCapacity(count)
        confidences.reserveCapacity(count)
        hidden.reserveCapacity(count)
    }

    /// Adds a token.
    mutating func append(_ token: Token, from distribution: Distribution, confidence: Double?, by source: DraftSource) {
        if tokens.isEmpty { self.source = source }
        tokens.append(token)
        distributions.append(distribution)
        if let confidence { confidences.append(confidence) }
    }

    /// Adds output rows of the drafting layers.
    mutating func append(hidden rows: Tensor) {
        if layersSeen > 0 { hidden.append(rows) }
        rowsSeen += rows.rows
    }

    /// Removes all tokens, to which others are added. Rows stay.
    mutating func removeTokens() {
        tokens.removeAll(keepingCapacity: true)
        distributions.removeAll(keepingCapacity: true)
        confidences.removeAll(keepingCapacity: true)
        source = nil
    }

    /// Forgets which rows have been through layers.
    mutating func forgetRows() {
        path = nil
        hidden.removeAll(keepingCapacity: true)
        rowsSeen = 0
    }

    /// Empties the draft but keeps its memory for the next one.
    mutating func removeAll() {
        removeTokens()
        forgetRows()
    }
}
