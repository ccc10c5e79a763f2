import CheckpointFiles
import TensorCore

/// Loading for inference from a ``PackedFile``: panels stay where they are in the mapped file.
struct MappedLoading: WeightLoading {
    private let formats: MatrixFormats
    private let kernels: KernelTable
    private let file: MappedFile
    /// Where the next panels or vector begin.
    private var offset: Int

    /// - Parameters:
    ///   - file: the mapped file, which fits the model.
    ///   - start: where its panels and vectors begin.
    init(_ file: MappedFile, start: Int, _ formats: MatrixFormats, for kernels: KernelTable) {
        self.file = file
        offset = start
        self.formats = formats
        self.kernels = kernels
    }

    var readsSource: Bool { false }

    mutating func matrix(_ tensor: ModelTensor, from source: any TensorSource) throws(CheckpointError) -> Matrix {
        try matrix(tensor, rows: 0..<tensor.shape[0], from: source)
    }

    mutating func matrix(
        _ tensor: ModelTensor, rows: Range<Int>, from source: any TensorSource
    ) throws(CheckpointError) -> Matrix {
        let stored = try source.tensor(named: tensor.name, shape: tensor.shape)
        let dtype = formats.dtype(of: tensor, stored: stored)
        let layout = PanelLayout(dtype, rows: rows.count, columns: stored.columns, for: kernels)
        let bytes = offset..<offset + layout.byteCount
        file.prefetch(bytes)
        offset += PackedFile.size(of: layout)
        return .packed(PackedMatrix(layout, panels: file.storage(bytes)))
    }

    mutating func vector(_ tensor: ModelTensor, from source: any TensorSource) -> Tensor {
        let bytes = offset..<offset + tensor.count * MemoryLayout<Float>.stride
        offset += PackedFile.size(ofVector: tensor.count)
        return Tensor(file.storage(bytes), rows: 1, columns: tensor.count)
    }
}
