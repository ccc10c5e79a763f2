import TensorCore

/// The state of a text whose tokens leave the model early by an ``ExitRule``.
struct EarlyLeaving {
    let rule: ExitRule
    /// Rows that have not been through all layers.
    var waiting: WaitingRows
    /// The last token that left early in this round: where, and the row of logits that chooses the next token. Nil if
    /// it has not left, or goes through all layers.
    private(set) var departure: (exitLayer: Int, logits: Tensor)?

    init(_ rule: ExitRule) {
        self.rule = rule
        waiting = WaitingRows(exitLayers: rule.exitLayers)
    }

    mutating func beginRound() { departure = nil }

    /// Ends the pass of the text's last row at an exit.
    ///
    /// - Parameters:
    ///   - rows: all rows of the text that have come so far; they wait from now on.
    ///   - logits: [1, vocabulary].
    mutating func leave(at exitLayer: Int, _ rows: Tensor, logits: Tensor) {
        waiting.append(rows, at: exitLayer)
        departure = (exitLayer, logits)
    }
}
