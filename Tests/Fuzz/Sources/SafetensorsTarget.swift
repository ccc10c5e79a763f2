import CheckpointFiles
import TensorCore
import TestSupport

/// Safetensors files.
enum SafetensorsTarget: FuzzTarget {
    static let name = "safetensors"

    static func seeds() throws -> [[UInt8]] {
        let folder = TemporaryFolder()
        var writer = SafetensorsWriter()
        try writer.write(to: folder.file("empty"))
        for (index, dtype) in [DType.f32, .bf16, .f16].enumerated() {
            let shape = [index + 1, 2]
            let bytes = [UInt8](repeating: 1, count: shape.reduce(dtype.bytesPerBlock, *))
            let tensor = StoredTensor(name: "", dtype: dtype, shape: shape, bytes: bytes)
            writer.add("layers.\(index).weight", dtype, shape: shape) { tensor }
        }
        try writer.write(to: folder.file("three"))
        return try ["three", "empty"].map { try contents(folder.file($0)) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let file = try SafetensorsFile(path: folder.write(input, as: "in.safetensors"))
        let path = folder.file("again.safetensors")
        try written(file).write(to: path)
        let again = try SafetensorsFile(path: path)
        require(again.metadata == file.metadata, "\(again.metadata)")
        require(again.tensors.count == file.tensors.count, "\(again.tensors)")
        for info in file.tensors {
            let (old, new) = (file.tensor(named: info.name), again.tensor(named: info.name))
            require(old?.dtype == new?.dtype && old?.shape == new?.shape, "\(info) is \(String(describing: new))")
            require(old?.copy == new?.copy, "\(info) has the same bytes")
        }
    }

    private static func written(_ file: SafetensorsFile) -> SafetensorsWriter {
        var writer = SafetensorsWriter()
        writer.metadata = file.metadata
        for info in file.tensors {
            guard let tensor = file.tensor(named: info.name) else { fatalError("\(info.name) is not found") }
            writer.add(info.name, info.dtype, shape: info.shape) { tensor }
        }
        return writer
    }
}

extension StoredTensor {
    fileprivate var copy: [UInt8] { withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }
}
