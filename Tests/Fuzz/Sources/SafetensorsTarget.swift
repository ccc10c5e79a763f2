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
        return try ["three", "empty"].map { try contents(folder.file($0)) } + [others]
    }

    /// Tensors that cannot be weights: of other types, a single number, one without elements.
    private static var others: [UInt8] {
        let header = """
            {"mask":{"dtype":"BOOL","shape":[1,1,2,2],"data_offsets":[0,4]},\
            "scale":{"dtype":"F32","shape":[],"data_offsets":[4,8]},\
            "none":{"dtype":"I64","shape":[0],"data_offsets":[8,8]},\
            "q_proj.qweight":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},\
            "float4":{"dtype":"F4","shape":[2],"data_offsets":[12,13]},\
            "weight":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[13,14]}}
            """
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        return length + Array(header.utf8) + [UInt8](repeating: 1, count: 14)
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let file = try SafetensorsFile(path: folder.write(input, as: "in.safetensors"))
        let path = folder.file("again.safetensors")
        try written(file).write(to: path)
        let again = try SafetensorsFile(path: path)
        require(again.metadata == file.metadata, "\(again.metadata)")
        let weights = file.tensors.filter { $0.dtype != nil }
        require(again.tensors.count == weights.count, "\(again.tensors)")
        for info in weights {
            let (old, new) = (file.tensor(named: info.name), again.tensor(named: info.name))
            require(old?.dtype == new?.dtype && old?.shape == new?.shape, "\(info) is \(String(describing: new))")
            require(old?.copy == new?.copy, "\(info) has the same bytes")
        }
    }

    private static func written(_ file: SafetensorsFile) -> SafetensorsWriter {
        var writer = SafetensorsWriter()
        writer.metadata = file.metadata
        for info in file.tensors {
            let tensor = file.tensor(named: info.name)
            require((tensor != nil) == (info.dtype != nil), "\(info) is a weight or not")
            if let tensor { writer.add(info.name, tensor.dtype, shape: info.shape) { tensor } }
        }
        return writer
    }
}

extension StoredTensor {
    fileprivate var copy: [UInt8] { withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }
}
