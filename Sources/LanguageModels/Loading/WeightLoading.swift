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

    /// The adapter of a matrix that has been loaded; nil if it has none.
    func adapter(of tensor: ModelTensor) -> LowRankAdapter?

    /// Whether the tensors of the source are read.
    var readsSource: Bool { get }
}

extension WeightLoading {
    var readsSource: Bool { true }
    func adapter(of tensor: ModelTensor) -> LowRankAdapter? { nil }
}

/// Loading for inference: matrices are packed, in their stored format or a recipe's.
struct PackedLoading: WeightLoading {
    let compute: ComputeContext
    let formats: MatrixFormats

    func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix {
        try pack(tensor, source.tensor(named: tensor.name, shape: tensor.shape))
    }

    func matrix(
        _ tensor: ModelTensor, rows: Range<Int>, from source: any TensorSource
    ) throws(CheckpointError) -> Matrix {
        try pack(
            tensor, source.tensor(named: tensor.name, shape: tensor.shape).rows(rows), isFirst: rows.lowerBound == 0)
    }

    /// - Parameter isFirst: whether these are the tensor's first rows. All parts of a fused matrix have the same inputs.
    private func pack(
        _ tensor: ModelTensor, _ stored: StoredTensor, isFirst: Bool = true
    ) throws(CheckpointError) -> Matrix {
        let matrix = try stored.packed(as: formats.dtype(of: tensor, stored: stored), on: compute)
        if isFirst, tensor.part.layer != nil { compute.inputSquares?.include(matrix, as: tensor.ggufName) }
        return .packed(matrix)
    }

    func vector(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Tensor {
        let stored = try source.tensor(named: tensor.name, shape: tensor.shape).vector()
        guard tensor.kind.isGain, source.gainOffset != 0 else { return stored }
        return Tensor(stored.values.map { source.gainOffset + $0 }, rows: 1, columns: stored.columns)
    }
}
