package import CheckpointFiles
import TensorCore

/// The weights of a model with a LoRA adapter merged into them. Adapted matrices are F32, whatever the format of the base,
/// and are computed when they are read; the others are as they are stored.
struct AdaptedSource: TensorSource {
    private let base: any TensorSource
    private let adapter: AdapterFolder
    private let adapted: [String: ModelTensor]
    private let headDimension: Int
    private let kernels: KernelTable

    /// - Throws: if the adapter does not fit the model.
    init(_ model: StoredModel, _ adapter: AdapterFolder) throws(CheckpointError) {
        base = model.source
        self.adapter = adapter
        adapted = Dictionary(uniqueKeysWithValues: try adapter.adapted(model.tensors).map { ($0.name, $0) })
        headDimension = model.configuration.attention.headDimension
        // A wrong choice of kernels is an error of whatever computes with the weights.
        kernels = (try? KernelTable.selected()) ?? KernelTable.available[0]
    }

    var file: String { base.file }
    var mappings: [MappedFile] { base.mappings + [adapter.file.mapping] }
    var ropePairing: RoPEPairing { base.ropePairing }
    var gainOffset: Float { base.gainOffset }
    var settings: String { base.settings + "adapter of scale \(adapter.settings.scale)" }
    func storedName(of name: String) -> String { base.storedName(of: name) }
    func contains(_ name: String) -> Bool { base.contains(name) }

    func checkUnchanged() throws(CheckpointError) {
        try base.checkUnchanged()
        try inCheckpoint(try adapter.file.mapping.checkUnchanged())
    }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let stored = try base.tensor(named: name, shape: shape)
        guard let tensor = adapted[name] else { return stored }
        return StoredTensor(
            name: stored.name, shape: shape, from: stored.mappings + [adapter.file.mapping]
        ) { [self] in merged(stored, tensor) }
    }

    /// W + scale * B A, with the rows in the base's order.
    private func merged(_ stored: StoredTensor, _ tensor: ModelTensor) -> Tensor {
        let result = stored.floats()
        let up = adapter.values(tensor.upName)
        var values = [Float](repeating: 0, count: up.rows * up.columns)
        for row in 0..<up.rows {
            let target =
                tensor.kind.isRotated ? ropePairing.row(ofHalfSplit: row, headDimension: headDimension) : row
            up.withRow(row) { elements in
                for column in elements.indices {
                    values[target * up.columns + column] = adapter.settings.scale * elements[column]
                }
            }
        }
        // One thread, so that matrices can be computed by any number of threads at once.
        let compute = ComputeContext(kernels: kernels, pool: ThreadPool(threads: 1), recycledBytes: 0)
        compute.denseProduct(
            Tensor(values, rows: up.rows, columns: up.columns), transposed: false, adapter.values(tensor.downName),
            transposed: false, into: result, plus: result)
        return result
    }
}

extension StoredModel {
    /// The model with a LoRA adapter merged into its weights.
    ///
    /// - Throws: if the adapter does not fit the model.
    package func adapted(by adapter: AdapterFolder) throws(CheckpointError) -> StoredModel {
        StoredModel(configuration, try AdaptedSource(self, adapter))
    }
}
