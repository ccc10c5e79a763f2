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

/// An exit block that is a copy of a layer, with a norm and a matrix behind it.
struct CopiedLayer: TensorSource {
    let base: any TensorSource
    let layer: Int
    /// The matrix; nil for the identity.
    let output: Tensor?

    var file: String { base.file }
    var ropePairing: RoPEPairing { base.ropePairing }
    var gainOffset: Float { base.gainOffset }
    func storedName(of name: String) -> String { isBehind(name) ? name : base.storedName(of: original(name)) }
    func contains(_ name: String) -> Bool { isBehind(name) || base.contains(original(name)) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        guard isBehind(name) else { return try base.tensor(named: original(name), shape: shape) }
        let values: [Float]
        if shape.count == 1 {
            values = [Float](repeating: 1 - gainOffset, count: shape[0])
        } else if let output {
            values = output.values
        } else {
            values = (0..<shape[0]).flatMap { row in (0..<shape[1]).map { $0 == row ? 1 : 0 } }
        }
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
    }

    /// Whether a tensor is none of a layer, but follows the block.
    private func isBehind(_ name: String) -> Bool {
        TensorTable.exitBlock.suffix(2).contains { name == TensorTable.exitBlockPrefix + $0.name }
    }

    private func original(_ name: String) -> String {
        "\(TensorTable.layerPrefix)\(layer).\(name.dropFirst(TensorTable.exitBlockPrefix.count))"
    }
}
