import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// A valid tiny model with one defect, and the error that the loader must throw.
struct DamagedModel: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The error's text after the path.
    let message: String
    private let change: @Sendable (inout GGUFMetadata, inout [StoredTensor]) -> Void

    init(
        _ name: String, says message: String,
        change: @escaping @Sendable (inout GGUFMetadata, inout [StoredTensor]) -> Void
    ) {
        testDescription = name
        self.message = message
        self.change = change
    }

    /// Sets a metadata key to a value, or removes it if the value is nil.
    ///
    /// - Parameter blamed: the key that the error names, if it is a different one.
    init(_ key: String, _ value: GGUFValue?, says message: String, key blamed: String? = nil) {
        let name = value.map { "\(key) = \($0)" } ?? "no \(key)"
        self.init(name, says: "metadata key \"\(blamed ?? key)\": \(message)") { metadata, _ in metadata[key] = value }
    }

    /// Adds a tensor, or replaces the one with its name.
    init(_ name: String, tensor: StoredTensor, says message: String) {
        self.init(name, says: "tensor \"\(tensor.name)\": \(message)") { _, tensors in
            tensors.removeAll { $0.name == tensor.name }
            tensors.append(tensor)
        }
    }

    /// Returns the error of loading the model.
    func error(_ tiny: TinyLlamaFile = TinyLlamaFile()) throws -> CheckpointError? {
        let folder = TemporaryFolder()
        let path = folder.file("damaged.gguf")
        try writer(tiny).write(to: path)
        do {
            _ = try LoadedModel(GGUFFile(path: path), on: ComputeContext(table: tableNames[0]))
            return nil
        } catch {
            let error = try #require(error as? CheckpointError)
            #expect(error.description == "\(path): \(message)")
            #expect(error.file == path)
            return error
        }
    }

    private func writer(_ tiny: TinyLlamaFile) throws -> GGUFWriter {
        let folder = TemporaryFolder()
        let path = folder.file("valid.gguf")
        try tiny.write(to: path)
        let file = try GGUFFile(path: path)
        var tensors = file.tensors.compactMap { file.tensor(named: $0.name) }
        var writer = GGUFWriter()
        writer.metadata = file.metadata
        change(&writer.metadata, &tensors)
        for tensor in tensors { writer.add(tensor.name, tensor.dtype, shape: tensor.shape) { tensor } }
        return writer
    }
}

extension StoredTensor {
    /// A tensor of a shape with equal elements.
    static func filled(_ name: String, _ shape: [Int], with value: Float = 1) -> StoredTensor {
        let count = shape.reduce(1, *)
        let bytes = (0..<count).flatMap { _ in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: bytes)
    }
}
