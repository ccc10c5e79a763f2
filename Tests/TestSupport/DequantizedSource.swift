import CheckpointFiles
package import LanguageModels
import TensorCore

extension StoredModel {
    /// The same model with all tensors in F32, for comparison with a reference computed in f32.
    package var dequantized: StoredModel { StoredModel(configuration, DequantizedSource(source)) }
}

/// A source that converts another source's tensors to F32.
private struct DequantizedSource: TensorSource {
    private let source: any TensorSource

    /// Wraps a source; its tensors are converted on demand.
    init(_ source: any TensorSource) { self.source = source }

    var file: String { source.file }
    var ropePairing: RoPEPairing { source.ropePairing }
    func storedName(of name: String) -> String { source.storedName(of: name) }
    func contains(_ name: String) -> Bool { source.contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let tensor = try source.tensor(named: name, shape: shape)
        defer { tensor.release() }
        let bytes = tensor.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                tensor.dtype.dequantize(bytes, columns: tensor.rows * tensor.columns).withUnsafeBytes { Array($0) }
            }
        }
        return StoredTensor(name: tensor.name, dtype: .f32, shape: shape, bytes: bytes)
    }
}
