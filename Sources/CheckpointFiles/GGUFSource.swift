package import TensorCore

/// The weights in a GGUF file of an architecture that we know.
package struct GGUFSource: TensorSource {
    /// The file, with its metadata.
    package let gguf: GGUFFile
    private let translation: GGUFNames

    /// Takes a file's tensors for those of a model.
    ///
    /// - Throws: if the file does not say which architecture it is of, or it is not one that we know.
    package init(_ gguf: GGUFFile) throws(CheckpointError) {
        self.gguf = gguf
        translation = try GGUFNames.names(for: gguf.metadata)
    }

    package var file: String { gguf.path }
    package var ropePairing: RoPEPairing { translation.ropePairing }

    package func storedName(of name: String) -> String { translation.storedName(of: name) ?? name }

    package func checkUnchanged() throws(CheckpointError) { try gguf.mapping.checkUnchanged() }

    package func contains(_ name: String) -> Bool { gguf.tensor(named: storedName(of: name)) != nil }

    package func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let storedName = storedName(of: name)
        func failure(expected: String, found: String) -> CheckpointError {
            CheckpointError(file: file, name: "tensor \(storedName.quoted)", expected: expected, found: found)
        }
        guard let tensor = gguf.tensor(named: storedName) else {
            throw failure(expected: "shape \(shape)", found: "no such tensor")
        }
        guard tensor.shape == shape else { throw failure(expected: "shape \(shape)", found: "\(tensor.shape)") }
        return tensor
    }
}
