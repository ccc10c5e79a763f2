package import TensorCore

/// The attention memory of training: rows are consecutive whole sequences of equal length, each with positions from 0
/// on. Each row attends to its own sequence within the batch.
///
/// It has no state, so one value serves any number of sequences and layers, and copies are interchangeable.
package struct CausalBatch: AttentionMemory, Sendable {
    /// Rows per sequence.
    package let length: Int
    private let shape: AttentionShape
    private let compute: ComputeContext

    /// Creates a memory for sequences of `length` tokens of a model.
    package init(for model: some LanguageModel, length: Int) {
        precondition((1...max(1, model.contextLength)).contains(length), "1 to the model's context of positions")
        self.length = length
        shape = model.attention
        compute = model.compute
    }

    package func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule
    ) -> Tensor {
        func rotated(_ x: Tensor) -> Tensor {
            compute.rotated(x, by: rule.rotary, headDimension: shape.headDimension, length: length)
        }
        return compute.causalAttention(
            queries: rotated(queries), keys: rotated(keys), values: values, shape, length: length, window: rule.window)
    }

    /// Does nothing, because no later row attends to a batch.
    package func append(layer: Int, keys: Tensor, values: Tensor, rule: PositionRule) {}
}
