/// A GGUF file, mapped into memory: a model's metadata and tensors (ggml's docs/gguf.md).
///
/// Versions 2 and 3, little-endian. Opening checks everything that the file says about itself, so that reading its
/// tensors cannot fail afterwards.
package struct GGUFFile: Sendable {
    /// The file's version: 2 or 3, which differ only in that 3 allows big-endian files.
    package let version: UInt32
    /// The metadata by key.
    package let metadata: GGUFMetadata
    /// All tensors, in the order of the file.
    package let tensors: [GGUFTensorInfo]
    /// The mapped bytes.
    package let mapping: MappedFile
    private let indices: [String: Int]

    /// Opens the file at a path.
    ///
    /// - Throws: if the file cannot be read, or anything that it says about itself is wrong or not supported.
    package init(path: String) throws(CheckpointError) {
        try self.init(MappedFile(path: path))
    }

    /// Reads what a mapped file says about itself.
    package init(_ mapping: MappedFile) throws(CheckpointError) {
        let parser = try mapping.withBytes(in: 0..<mapping.byteCount) { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                var parser = GGUFParser(bytes, file: mapping.path)
                try parser.parse()
                return parser.result
            }
        }
        try mapping.checkUnchanged()
        self.mapping = mapping
        version = parser.version
        metadata = parser.metadata
        tensors = parser.tensors
        indices = parser.indices
    }

    /// The path of the file, as it was given.
    package var path: String { mapping.path }

    /// The tensor of a name, as the file calls it; nil if there is none.
    package func tensor(named name: String) -> StoredTensor? {
        guard let index = indices[name] else { return nil }
        let info = tensors[index]
        return StoredTensor(name: info.name, dtype: info.dtype, shape: info.shape, file: mapping, range: info.range)
    }
}
