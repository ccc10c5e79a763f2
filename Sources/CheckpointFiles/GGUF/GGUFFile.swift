/// A memory-mapped GGUF file: a model's metadata and tensors (ggml's docs/gguf.md). It may be split into several files,
/// its parts; opening any of them opens all.
///
/// Supports versions 2 and 3, little-endian. Opening a file checks everything that its header states, so reading its
/// tensors cannot fail afterwards.
package struct GGUFFile: Sendable {
    /// The file's version: 2 or 3, which differ only in that 3 allows big-endian files.
    package let version: UInt32
    /// The metadata by key, without the keys that say how a file is split.
    package let metadata: GGUFMetadata
    /// All tensors, in file order.
    package let tensors: [GGUFTensorInfo]
    /// The mapped file, or the parts of a split one, in order.
    package let files: [MappedFile]
    private let indices: [String: Int]

    /// Opens the file at a path; of a split file, any part.
    ///
    /// - Parameter check: is given the metadata before the tensors are read, and may throw.
    /// - Throws: if a file cannot be read, or anything in its header is wrong or unsupported; also if a part is missing
    ///   or belongs to another model.
    package init(
        path: String, checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        try self.init(inCheckpoint(try MappedFile(path: path)), checking: check)
    }

    /// Parses the header of a mapped file, and opens its other parts, if any.
    package init(
        _ file: MappedFile, checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        let parts = try GGUFParts(file, checking: check)
        files = parts.files
        version = parts.version
        metadata = parts.metadata
        indices = parts.indices
        tensors = parts.tensors.map { (tensor, file) in
            guard let dtype = tensor.type.dtype else { preconditionFailure("the parser allows no other formats") }
            return GGUFTensorInfo(
                name: tensor.name, dtype: dtype, shape: tensor.shape, file: file, range: tensor.range)
        }
    }

    /// The path of the file, as given; of a split file, that of its first part.
    package var path: String { files[0].path }

    /// The path of the exit block of the model in a GGUF file, if it has one; of a split file, next to its parts.
    package static func exitBlockPath(of path: String) -> String {
        (GGUFPartName(path)?.prefix ?? path) + ".exit-block"
    }

    /// The size of all files in bytes.
    package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Checks that no file has changed since it was opened.
    ///
    /// - Throws: if a file has been written to.
    package func checkUnchanged() throws(CheckpointError) {
        for file in files { try inCheckpoint(try file.checkUnchanged()) }
    }

    /// The tensor with a name, as spelled in the file; nil if there is none.
    package func tensor(named name: String) -> StoredTensor? {
        guard let index = indices[name] else { return nil }
        let info = tensors[index]
        return StoredTensor(
            name: info.name, dtype: info.dtype, shape: info.shape, file: files[info.file], range: info.range)
    }
}
