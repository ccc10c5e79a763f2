import TensorCore

/// A memory-mapped safetensors file.
///
/// Opening a file checks everything that its header states, so reading its tensors cannot fail afterwards.
package struct SafetensorsFile: Sendable {
    /// The file's text metadata, such as `format`: `pt`.
    package let metadata: [String: String]
    /// All tensors, in the order of their data.
    package let tensors: [SafetensorsTensorInfo]
    /// The mapped bytes.
    package let mapping: MappedFile
    private let indices: [String: Int]

    /// Opens the file at a path.
    ///
    /// - Throws: if the file cannot be read, or anything in its header is wrong.
    package init(path: String) throws(CheckpointError) {
        let mapping = try inCheckpoint(try MappedFile(path: path))
        let header = try mapping.withBytes(in: 0..<mapping.byteCount) { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                try SafetensorsHeader(bytes, file: mapping.path)
            }
        }
        try inCheckpoint(try mapping.checkUnchanged())
        self.mapping = mapping
        metadata = header.metadata
        tensors = header.tensors
        indices = Dictionary(header.tensors.indices.map { (header.tensors[$0].name, $0) }) { first, _ in first }
    }

    /// The path of the file, as given.
    package var path: String { mapping.path }

    /// The description of the tensor with a name; nil if there is none.
    package func info(named name: String) -> SafetensorsTensorInfo? { indices[name].map { tensors[$0] } }

    /// The tensor with a name; nil if there is none, or none that can be a weight
    /// (``SafetensorsTensorInfo/dtype``).
    package func tensor(named name: String) -> StoredTensor? {
        guard let info = info(named: name), let dtype = info.dtype else { return nil }
        guard info.range.lowerBound.isMultiple(of: dtype.bytesPerBlock) else {
            // Old writers did not pad the header, so data may be unaligned; such a tensor is copied.
            return StoredTensor(name: info.name, dtype: dtype, shape: info.shape, bytes: mapping.bytes(info.range))
        }
        return StoredTensor(name: info.name, dtype: dtype, shape: info.shape, file: mapping, range: info.range)
    }
}
