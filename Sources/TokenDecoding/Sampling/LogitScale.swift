import TensorCore
import CLibc

/// Converts logits to log-probabilities up to a constant; the best token has 0.
struct LogitScale: Sendable {
    /// Subtracted first, so that exponentials cannot overflow.
    let maximum: Double
    let temperature: Float

    func callAsFunction(_ logit: Double) -> Double { (logit - maximum) / Double(temperature) }

    /// The sum of a row's probabilities, relative to the probability of the best token.
    func weight(of row: Tensor, on compute: ComputeContext) -> Double {
        let greatest = compute.maximum(row)
        guard greatest > -.infinity else { return 0 }
        return compute.exponentialSum(row, maximum: greatest, temperature: temperature) * exp(self(Double(greatest)))
    }
}
