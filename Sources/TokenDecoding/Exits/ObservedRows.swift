import TensorCore

/// The rows of a round after some exits' layers: of the pending token and of all drafted ones. They tell what these exits
/// would have drafted (the shadow tokens of DEL, arXiv 2504.05598).
struct ObservedRows {
    /// The exits, in ascending order; empty in most rounds.
    private(set) var exitLayers: [Int] = []
    private var rows: [[Tensor]] = []
    /// One row of logits for each row, exit by exit; nil before the head has run.
    var logits: Tensor?
    /// What observing took so far in this round, except for passes that were divided.
    var seconds = 0.0

    /// Begins a round in which these exits are observed.
    mutating func begin(_ exitLayers: [Int]) {
        guard !exitLayers.isEmpty || !self.exitLayers.isEmpty else { return }
        self.exitLayers = exitLayers
        rows = exitLayers.map { _ in [] }
        logits = nil
    }

    /// Leaves out the exit that drafts: its drafts tell what it does.
    mutating func leaveOut(_ exitLayer: Int) {
        guard let index = exitLayers.firstIndex(of: exitLayer) else { return }
        exitLayers.remove(at: index)
        rows.remove(at: index)
    }

    /// Adds rows, if this exit is observed.
    mutating func append(_ x: Tensor, at exitLayer: Int) {
        guard x.rows > 0, let index = exitLayers.firstIndex(of: exitLayer) else { return }
        rows[index].append(x)
    }

    /// Removes all but the first rows of each exit that has any.
    mutating func keep(_ count: Int) {
        for index in rows.indices where !rows[index].isEmpty {
            var left = count
            rows[index] = rows[index].compactMap { part in
                let kept = min(part.rows, left)
                left -= kept
                return kept == 0 ? nil : part[rows: 0..<kept]
            }
        }
    }

    /// The rows of all exits, exit by exit; nil unless each has `count` of them.
    func all(each count: Int) -> [Tensor]? {
        guard !rows.isEmpty, rows.allSatisfy({ $0.reduce(0) { $0 + $1.rows } == count }) else { return nil }
        return rows.flatMap(\.self)
    }
}

/// What an exit would have drafted along the tokens of a round.
package struct ExitObservation: Sendable {
    /// One token that it would have drafted.
    package struct Token: Sendable {
        /// Its probability in the exit's softmax at temperature 1.
        package let confidence: Double
        /// Whether it is the text's.
        package let isHit: Bool
    }

    package let exitLayer: Int
    /// Of the round's tokens, from the first on.
    package let tokens: [Token]
}
