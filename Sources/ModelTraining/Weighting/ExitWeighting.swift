import CLibc

/// How much each token counts in the losses of early exits (learning to weight samples, L2W-DEN, arXiv 2209.08310).
///
/// The mean weight over the early exits and the scored tokens of a sequence is 1. The last layer's loss has no weights.
public enum ExitWeighting: String, Sendable, CaseIterable {
    /// Every token the same.
    case uniform
    /// In proportion to an exit's share of softmax(-loss) over the early exits and the last layer, where the loss is that
    /// of predicting the text. So an early exit learns least from tokens that only deeper exits predict.
    case easy
    /// By a small network of the token's losses, which is trained so that early exits get better on other texts.
    case learned
}

extension ExitWeighting {
    /// The weights of `easy`, which are constants to the gradient.
    ///
    /// - Parameters:
    ///   - early: for each early exit, the losses of all rows.
    ///   - last: the losses of the last layer.
    ///   - sequences: the sequence of each row, ascending.
    /// - Returns: for each early exit, the weights of all rows. A row's weights depend on its sequence alone, so that they
    ///   do not change with the division of a step into batches.
    static func easyWeights(early: [[Double]], last: [Double], sequences: [Int]) -> [[Double]] {
        var weights = early
        for row in last.indices {
            let lowest = early.reduce(last[row]) { min($0, $1[row]) }
            let sum = early.reduce(exp(lowest - last[row])) { $0 + exp(lowest - $1[row]) }
            for exit in early.indices { weights[exit][row] = exp(lowest - early[exit][row]) / sum }
        }
        normalize(&weights, sequences)
        return weights
    }

    /// Divides weights by their mean over the exits and rows of a sequence.
    static func normalize(_ weights: inout [[Double]], _ sequences: [Int]) {
        for rows in ranges(of: sequences) {
            let mean = weights.reduce(0) { $0 + $1[rows].reduce(0, +) } / Double(weights.count * rows.count)
            // Where all shares are 0, because the last layer is far better, no exit is better than another.
            for exit in weights.indices {
                for row in rows { weights[exit][row] = mean == 0 ? 1 : weights[exit][row] / mean }
            }
        }
    }

    /// The rows of each sequence.
    static func ranges(of sequences: [Int]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        while let first = ranges.last?.upperBound ?? (sequences.isEmpty ? nil : 0), first < sequences.count {
            let end = sequences[first...].firstIndex { $0 != sequences[first] } ?? sequences.count
            ranges.append(first..<end)
        }
        return ranges
    }
}
