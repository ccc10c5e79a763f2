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
    /// - Parameter check: is given the metadata before the tensors are read, and may throw.
    /// - Throws: if the file cannot be read, or anything in its header is wrong or unsupported.
    package init(
        path: String, checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        try self.init(inCheckpoint(try MappedFile(path: path)), checking: check)
    }

    /// Parses the header of a mapped file.
    package init(
        _ mapping: MappedFile, checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        let parsed = try GGUFParser.parse(mapping) { (metadata) throws(CheckpointError) in
            try check(metadata)
            try metadata.refusePart()
        }
        self.mapping = mapping
        version = parsed.version
        metadata = parsed.metadata
        indices = parsed.indices
        tensors = parsed.tensors.map {
            guard let dtype = $0.type.dtype else { preconditionFailure("the parser allows no other formats") }
            return GGUFTensorInfo(name: $0.name, dtype: dtype, shape: $0.shape, range: $0.range)
        }
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
        let part = try integerIfPresent(named: "split.no").flatMap { (0..<count).contains($0) ? $0 + 1 : nil }
        let missing = count > 2 ? "the other \(count - 1) parts are" : "the other part is"
        throw failure(
            key, expected: "1, a whole model",
            found: "part \(part.map(String.init) ?? "?") of \(count), so \(missing) missing; join them with "
                + "llama-gguf-split --merge \(firstPart(of: count)) OUTPUT")
    }

    /// The path of the first part, for a command; a placeholder if this part does not have the usual name.
    private func firstPart(of count: Int) -> String {
        func suffix(_ part: Int) -> String { "-\(padded(part))-of-\(padded(count)).gguf" }
        func padded(_ number: Int) -> String { String("0000\(number)".suffix(max(5, "\(number)".count))) }
        let number = (try? integerIfPresent(named: "split.no")) ?? nil
        guard let number, (0..<count).contains(number), file.hasSuffix(suffix(number + 1)) else { return "FIRST_PART" }
        return file.dropLast(suffix(number + 1).count) + suffix(1)
    }
}
