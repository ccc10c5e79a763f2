import CheckpointFiles
import TensorCore

/// What a ``PackedFile`` holds after its header, tensor by tensor, and what that depends on.
struct PackedContents {
    /// A line of the header for each matrix and vector.
    private(set) var lines: [String] = []
    /// A line of the header for each format: how its panels are laid out.
    private(set) var layouts: [DType: String] = [:]
    /// The files that hold the tensors.
    private(set) var files: [MappedFile] = []
    private(set) var byteCount = 0
    private let kernels: KernelTable

    init(for kernels: KernelTable) { self.kernels = kernels }

    /// Adds a tensor; of a fused one, each part is a matrix.
    mutating func add(_ tensor: ModelTensor, _ stored: StoredTensor, as dtype: DType) {
        for file in stored.mappings where !files.contains(where: { $0 === file }) { files.append(file) }
        guard tensor.shape.count > 1 else {
            lines.append("vector \(tensor.name) \(tensor.count)")
            byteCount += PackedFile.size(ofVector: tensor.count)
            return
        }
        for rows in tensor.fusedParts.isEmpty ? [0..<stored.rows] : tensor.fusedParts.map(\.rows) {
            let layout = PanelLayout(dtype, rows: rows.count, columns: stored.columns, for: kernels)
            lines.append("matrix \(tensor.name) \(rows) \(stored.columns) \(dtype.rawValue) \(layout.byteCount)")
            byteCount += PackedFile.size(of: layout)
            if layouts[dtype] == nil { layouts[dtype] = "panels \(dtype.rawValue) \(layout.fingerprint)" }
        }
    }
}
