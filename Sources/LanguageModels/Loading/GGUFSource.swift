package import CheckpointFiles
package import TensorCore

/// The weights in a GGUF file of a supported architecture.
package struct GGUFSource: TensorSource {
    /// The file, with its metadata.
    package let gguf: GGUFFile
    package let ropePairing: RoPEPairing

    /// Uses a file's tensors as the weights of a model.
    ///
    /// - Parameter pairing: the order of query and key rows in the files of the model's architecture.
    package init(_ gguf: GGUFFile, pairing: RoPEPairing) {
        self.gguf = gguf
        ropePairing = pairing
    }

    package var file: String { gguf.path }

    package func storedName(of name: String) -> String { TensorTable.ggufName(of: name) ?? name }

    package func checkUnchanged() throws(CheckpointError) {
        try inCheckpoint(try gguf.mapping.checkUnchanged())
    }

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

extension TensorTable {
    /// Returns the GGUF name of the tensor that is called `name` in a model folder; nil if the table has no such
    /// tensor.
    static func ggufName(of name: String) -> String? {
        guard name.hasPrefix(layerPrefix) else { return ggufNames[name[...]] }
        let parts = name.dropFirst(layerPrefix.count).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let layer = Int(parts[0]), layer >= 0, let stored = ggufLayerNames[parts[1]] else {
            return nil
        }
        return "\(ggufLayerPrefix)\(layer).\(stored)"
    }

    private static let ggufNames = names(first + last)
    private static let ggufLayerNames = names(layer)

    private static func names(_ rows: [Row]) -> [Substring: String] {
        Dictionary(uniqueKeysWithValues: rows.map { ($0.name[...], $0.ggufName) })
    }
}
