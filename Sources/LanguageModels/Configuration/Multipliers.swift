/// Factors that some architectures apply to activations.
package struct Multipliers: Sendable, Equatable {
    /// The factor of the embedding's rows.
    package var embedding: Float = 1
    /// The factor of the scores of attention; nil for 1 / sqrt(headDimension).
    package var attention: Float?
    /// The factor of what attention and the MLP add to the residual stream.
    package var residual: Float = 1
    /// The divisor of the logits.
    package var logits: Float = 1

    /// No multipliers.
    package init() {}

    /// Sets the factor of scores.
    mutating func setAttention(_ factor: Float, usual: Float) { attention = factor == usual ? nil : factor }
}
