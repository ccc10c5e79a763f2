/// A memory-mapped GGUF file: a model's metadata and tensors (ggml's docs/gguf.md).
///
/// Supports versions 2 and 3, little-endian. Opening a file checks everything that its header states, so reading its
/// tensors cannot fail afterwards.
package struct GGUFFile: Sendable {
    /// The file's version: 2 or 3, which differ only in that 3 allows big-endian files.
    package let version: UInt32
    /// The metadata by key.
    package let metadata: GGUFMetadata
    /// All tensors, in file order.
    package let tensors: [GGUFTensorInfo]
    /// The mapped bytes.
    package let mapping: MappedFile
    private let indices: [String: Int]

    /// Opens the file at a path.
    ///
    /// - Throws: if the file cannot be read, or anything in its header is wrong or unsupported.
    package init(path: String) throws(CheckpointError) {
        try self.init(inCheckpoint(try MappedFile(path: path)))
    }

    /// Parses the header of a mapped file.
    package init(_ mapping: MappedFile) throws(CheckpointError) {
        let parser = try mapping.withBytes(in: 0..<mapping.byteCount) { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                var parser = GGUFParser(bytes, file: mapping.path)
                try parser.parse()
                return parser.result
            }
        }
        try inCheckpoint(try mapping.checkUnchanged())
        self.mapping = mapping
        version = parser.version
        metadata = parser.metadata
        tensors = parser.tensors
        indices = parser.indices
        try metadata.refusePart()
    }

    /// The path of the file, as given.
    package var path: String { mapping.path }

    /// The tensor with a name, as spelled in the file; nil if there is none.
    package func tensor(named name: String) -> StoredTensor? {
        guard let index = indices[name] else { return nil }
        let info = tensors[index]
        return StoredTensor(name: info.name, dtype: info.dtype, shape: info.shape, file: mapping, range: info.range)
    }
}

extension GGUFMetadata {
    /// Refuses a file that is one part of a split model.
    fileprivate func refusePart() throws(CheckpointError) {
        let key = "split.count"
        guard let count = try integerIfPresent(named: key), count != 1 else { return }
        let part = try integerIfPresent(named: "split.no").flatMap { (0..<count).contains($0) ? "\($0 + 1)" : nil }
        throw failure(
            key, expected: "1, a whole model",
            found: "part \(part ?? "?") of \(count); join the parts with llama-gguf-split --merge")
    }
}
