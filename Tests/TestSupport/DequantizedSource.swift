import CheckpointFiles
package import LanguageModels
import TensorCore

extension StoredModel {
    /// The same model with all tensors in F32, for comparing with what a reference computed in f32.
    package var dequantized: StoredModel { StoredModel(configuration, DequantizedSource(source)) }
}

/// Another source's tensors, all of them in F32.
private struct DequantizedSource: TensorSource {
    private let source: any TensorSource

    /// The tensors of a source, converted when they are asked for.
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
