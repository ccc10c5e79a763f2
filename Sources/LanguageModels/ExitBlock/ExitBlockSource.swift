import CheckpointFiles
import TensorCore

/// The weights of a model and of an exit block that are in different places.
struct ExitBlockSource: TensorSource {
    /// The model's weights.
    let base: any TensorSource
    /// The exit block's.
    let block: any TensorSource

    var file: String { base.file }
    var mappings: [MappedFile] { base.mappings + block.mappings }
    var ropePairing: RoPEPairing { base.ropePairing }
    var gainOffset: Float { base.gainOffset }
    var settings: String { base.settings + block.settings }

    func storedName(of name: String) -> String { source(of: name).storedName(of: name) }
    func contains(_ name: String) -> Bool { source(of: name).contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        try source(of: name).tensor(named: name, shape: shape)
    }

    func checkUnchanged() throws(CheckpointError) {
        try base.checkUnchanged()
        try block.checkUnchanged()
    }

    private func source(of name: String) -> any TensorSource {
        name.hasPrefix(TensorTable.exitBlockPrefix) ? block : base
    }
}

/// An exit block that is a copy of a layer.
struct CopiedLayer: TensorSource {
    let base: any TensorSource
    let layer: Int

    var file: String { base.file }
    var ropePairing: RoPEPairing { base.ropePairing }
    var gainOffset: Float { base.gainOffset }
    func storedName(of name: String) -> String { base.storedName(of: original(name)) }
    func contains(_ name: String) -> Bool { base.contains(original(name)) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        try base.tensor(named: original(name), shape: shape)
    }

    private func original(_ name: String) -> String {
        "\(TensorTable.layerPrefix)\(layer).\(name.dropFirst(TensorTable.exitBlockPrefix.count))"
    }
}
