import CheckpointFiles
import TensorCore

/// The form in which weights are loaded.
protocol WeightLoading {
    /// Loads a matrix.
    mutating func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix

    /// Loads a vector, as one row.
    mutating func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor
}

/// Loading for inference: matrices are packed in their stored format.
struct PackedLoading: WeightLoading {
    let compute: ComputeContext

    func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix {
        .packed(try source.tensor(named: tensor.name, shape: tensor.shape).packed(on: compute))
    }

    func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor {
        try source.tensor(named: tensor.name, shape: tensor.shape).vector()
    }
}
