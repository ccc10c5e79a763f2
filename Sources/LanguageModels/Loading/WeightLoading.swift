import CheckpointFiles
import TensorCore

/// The form in which weights are loaded.
protocol WeightLoading {
    /// Loads a matrix.
    mutating func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix

    /// Loads some rows of a fused matrix as a matrix.
    mutating func matrix(
        _ tensor: ModelTensor, rows: Range<Int>, from source: any TensorSource
    ) throws(CheckpointError) -> Matrix

    /// Loads a vector, as one row.
    mutating func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor
}

/// Loading for inference: matrices are packed in their stored format.
struct PackedLoading: WeightLoading {
    let compute: ComputeContext

    func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix {
        .packed(try source.tensor(named: tensor.name, shape: tensor.shape).packed(on: compute))
    }

    func matrix(
        _ tensor: ModelTensor, rows: Range<Int>, from source: any TensorSource
    ) throws(CheckpointError) -> Matrix {
        .packed(try source.tensor(named: tensor.name, shape: tensor.shape).rows(rows).packed(on: compute))
    }

    func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor {
        let stored = try source.tensor(named: tensor.name, shape: tensor.shape).vector()
        guard tensor.kind.isGain, source.gainOffset != 0 else { return stored }
        return Tensor(stored.values.map { source.gainOffset + $0 }, rows: 1, columns: stored.columns)
    }
}
