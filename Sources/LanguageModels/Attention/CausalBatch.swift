package import TensorCore

/// The attention memory of training: rows are consecutive whole sequences, each with positions from 0 on. Each row
/// attends to its own sequence within the batch.
///
/// It has no state, so one value serves any number of layers, and copies are interchangeable.
package struct CausalBatch: AttentionMemory, Sendable {
    /// The maximum number of rows per sequence.
    package let length: Int
    /// The sequences; nil for any number of them, all of ``length`` rows.
    private let segments: RowSegments?
    private let shape: AttentionShape
    private let compute: ComputeContext

    /// Creates a memory for sequences of `length` tokens of a model.
    ///
    /// - Parameter segments: the sequences that the rows consist of, none longer than `length`; nil for any number of
    ///   `length` rows each.
    package init(for model: some LanguageModel, length: Int, segments: RowSegments? = nil) {
        precondition((1...max(1, model.contextLength)).contains(length), "1 to the model's context of positions")
        self.length = length
        self.segments = segments
        shape = model.attention
        compute = model.compute
    }

    package func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule
    ) -> Tensor {
        let segments = segments ?? RowSegments(rows: queries.rows, length: length)
        func rotated(_ x: Tensor) -> Tensor {
            compute.rotated(x, by: rule.rotary, headDimension: shape.headDimension, segments: segments)
        }
        return compute.causalAttention(
            queries: rotated(queries), keys: rotated(keys), values: values, shape, segments: segments,
            window: rule.window)
    }

    /// Does nothing, because no later row attends to a batch.
    package func append(layer: Int, keys: Tensor, values: Tensor, rule: PositionRule) {}
}
