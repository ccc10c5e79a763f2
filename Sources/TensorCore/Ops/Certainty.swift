import CLibc
import CTensorKernels

/// How sure a row of logits is of its most likely token.
extension ComputeContext {
    /// The largest probability of softmax(row); NaN if the row is not finite.
    package func largestProbability(_ logits: Tensor, row: Int) -> Double {
        guard let row = finite(logits, row: row) else { return .nan }
        return 1 / exponentialSum(row, maximum: maximum(row), temperature: 1)
    }

    /// The entropy of softmax(row) in nats, at least 0; NaN if the row is not finite.
    package func entropy(_ logits: Tensor, row: Int) -> Double {
        guard let row = finite(logits, row: row) else { return .nan }
        let maximum = maximum(row)
        let sum = exponentialSum(row, maximum: maximum, temperature: 1)
        // -sum of p ln p, where ln p = x - maximum - ln sum.
        let probabilities = Tensor(rows: 1, columns: row.columns, on: self)
        kernels.functions.pointee.training.weighted_exponentials(
            row.pointer, row.columns, maximum, Float(1 / sum), probabilities.pointer)
        var mean = 0.0
        for column in 0..<row.columns where probabilities.pointer[column] > 0 {
            mean += Double(probabilities.pointer[column]) * Double(row.pointer[column] - maximum)
        }
        return max(0, log(sum) - mean)
    }

    private func finite(_ logits: Tensor, row: Int) -> Tensor? {
        argmax(logits, row: row) == nil ? nil : logits[rows: row..<row + 1]
    }
}
