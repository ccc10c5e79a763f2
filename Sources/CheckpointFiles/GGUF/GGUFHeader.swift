/// The header of a GGUF file, read only to show it: the file may be one part of a split model, and its tensors may have
/// any of ggml's formats.
package struct GGUFHeader: Sendable {
    /// The file's version.
    package let version: UInt32
    /// The metadata by key.
    package let metadata: GGUFMetadata
    /// All tensors, in file order.
    package let tensors: [ListedTensor]
    /// The size of the file in bytes.
    package let byteCount: Int

    /// Reads the header of the file at a path.
    ///
    /// - Throws: if the file cannot be read, or anything in its header is wrong.
    package init(path: String) throws(CheckpointError) {
        let mapping = try inCheckpoint(try MappedFile(path: path))
        let parsed = try GGUFParser.parse(mapping, allowingEveryFormat: true)
        version = parsed.version
        metadata = parsed.metadata
        byteCount = mapping.byteCount
        tensors = parsed.tensors.map {
            ListedTensor(
                name: $0.name, format: $0.type.name, dtype: $0.type.dtype, shape: $0.shape, byteCount: $0.range.count)
        }
    }
}
