/// The header of a GGUF file, read only to show it: the tensors may have any of ggml's formats. A part of a split file
/// shows all parts, or only itself if another one is missing or wrong.
package struct GGUFHeader: Sendable {
    /// The file's version.
    package let version: UInt32
    /// The metadata by key.
    package let metadata: GGUFMetadata
    /// All tensors, in file order.
    package let tensors: [ListedTensor]
    /// The paths of the files that are shown.
    package let files: [String]
    /// The size of these files in bytes.
    package let byteCount: Int

    /// Reads the header of the file at a path.
    ///
    /// - Throws: if the file cannot be read, or anything in its header is wrong.
    package init(path: String) throws(CheckpointError) {
        let file = try inCheckpoint(try MappedFile(path: path))
        let parts: GGUFParts
        if let all = try? GGUFParts(file, allowingEveryFormat: true) {
            parts = all
        } else {
            parts = try GGUFParts(GGUFPart(file, allowingEveryFormat: true))
        }
        version = parts.version
        metadata = parts.metadata
        files = parts.files.map(\.path)
        byteCount = parts.files.reduce(0) { $0 + $1.byteCount }
        tensors = parts.tensors.map { (tensor, _) in
            ListedTensor(
                name: tensor.name, format: tensor.type.name, dtype: tensor.type.dtype, shape: tensor.shape,
                byteCount: tensor.range.count)
        }
    }
}
