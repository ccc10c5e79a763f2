package import CheckpointFiles
package import TensorCore

/// Another source's tensors, all of them in F32, for comparing with what a reference computed in f32.
package struct DequantizedSource: TensorSource {
    private let source: any TensorSource

    /// The tensors of a source, converted when they are asked for.
    package init(_ source: any TensorSource) {
        self.source = source
    }

    package var file: String { source.file }
    package var ropePairing: RoPEPairing { source.ropePairing }
    package func storedName(of name: String) -> String { source.storedName(of: name) }
    package func contains(_ name: String) -> Bool { source.contains(name) }

    package func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
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
