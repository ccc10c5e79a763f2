package import CheckpointFiles
package import TensorCore

/// The weights in a GGUF file of a supported architecture.
package struct GGUFSource: TensorSource {
    /// The file, with its metadata.
    package let gguf: GGUFFile
    package let ropePairing: RoPEPairing
    /// The names in the file of the model's tensors, by those in a model folder.
    private let names: [String: String]

    /// Uses a file's tensors as the weights of a model.
    package init(_ gguf: GGUFFile, _ configuration: ModelConfiguration) {
        self.gguf = gguf
        ropePairing = configuration.architecture.ggufPairing
        names = Dictionary(
            uniqueKeysWithValues: configuration.tensors(isTied: false).map { ($0.name, $0.ggufName) })
    }

    package var file: String { gguf.path }
    package var mappings: [MappedFile] { gguf.files }

    package func storedName(of name: String) -> String { names[name] ?? name }

    package func checkUnchanged() throws(CheckpointError) { try gguf.checkUnchanged() }

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
