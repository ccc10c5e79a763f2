public import TensorCore

/// The attention memory of training: rows are whole sequences of one length, one after the other, each with positions
/// of its own from 0 on, and each row looks back on its own sequence within the batch.
///
/// It keeps nothing, so a value serves any number of sequences and layers, and a copy is the same as the original.
public struct CausalBatch: AttentionMemory, Sendable {
    /// Rows of a sequence.
    public let length: Int
    private let shape: AttentionShape
    private let compute: ComputeContext

    /// Sequences of `length` tokens for a model.
    public init(for model: some LanguageModel, length: Int) {
        precondition((1...max(1, model.contextLength)).contains(length), "1 to the model's context of positions")
        self.length = length
        shape = model.attention
        compute = model.compute
    }

    public func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding
    ) -> Tensor {
        func rotated(_ x: Tensor) -> Tensor {
            compute.rotated(x, by: rotary, headDimension: shape.headDimension, length: length)
        }
        return compute.causalAttention(
            queries: rotated(queries), keys: rotated(keys), values: values, shape, length: length)
    }

    /// Nothing looks back on a batch that has gone by.
    public func append(layer: Int, keys: Tensor, values: Tensor, rotary: RotaryEmbedding) {}
}
