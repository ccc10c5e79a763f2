import CheckpointFiles
import TensorCore

/// The part of a model that a weight belongs to.
enum ModelPart {
    case embedding
    case layer(Int)
    /// The final norm, and the head unless it is the embedding.
    case head
}

/// The form in which weights are loaded.
protocol WeightLoading {
    var compute: ComputeContext { get }
    /// The parameters among what has been loaded.
    var parameters: [Parameter] { get }
    /// All that has been loaded in f32, parameters and frozen.
    var tensors: [NamedTensor] { get }

    /// A matrix below a place in the tree of weights.
    mutating func matrix(
        _ weights: Weights, _ name: String, _ rows: Int, _ columns: Int, of part: ModelPart
    ) throws(CheckpointError) -> Matrix

    /// A matrix whose rows are heads that RoPE turns.
    mutating func heads(
        _ weights: Weights, _ name: String, _ rows: Int, _ columns: Int, _ shape: AttentionShape, of part: ModelPart
    ) throws(CheckpointError) -> Matrix

    /// A vector, as one row.
    mutating func vector(
        _ weights: Weights, _ name: String, _ count: Int, of part: ModelPart
    ) throws(CheckpointError) -> Tensor
}

/// For inference: matrices are packed as the source stores them.
struct PackedLoading: WeightLoading {
    let compute: ComputeContext
    var parameters: [Parameter] { [] }
    var tensors: [NamedTensor] { [] }

    func matrix(
        _ weights: Weights, _ name: String, _ rows: Int, _ columns: Int, of part: ModelPart
    ) throws(CheckpointError) -> Matrix {
        .packed(try weights(name, rows, columns).packed(on: compute))
    }

    func heads(
        _ weights: Weights, _ name: String, _ rows: Int, _ columns: Int, _ shape: AttentionShape, of part: ModelPart
    ) throws(CheckpointError) -> Matrix {
        try matrix(weights, name, rows, columns, of: part)
    }

    func vector(
        _ weights: Weights, _ name: String, _ count: Int, of part: ModelPart
    ) throws(CheckpointError) -> Tensor {
        try weights(name, count).vector()
    }
}
