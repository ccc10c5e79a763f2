/// The files of a GGUF model, mapped and parsed: a single file, or all parts of a split one.
struct GGUFParts {
    /// The files, in the order of their numbers.
    private(set) var files: [MappedFile] = []
    /// The version of the first file.
    let version: UInt32
    /// The model's metadata, which is in the first file, without the keys of the split.
    private(set) var metadata: GGUFMetadata
    /// All tensors, in the order of the files.
    private(set) var tensors: [(description: GGUFParser.Tensor, file: Int)] = []
    /// The places of the tensors by name.
    private(set) var indices: [String: Int] = [:]

    /// Opens a model by its file or by any of its parts, which name the others.
    ///
    /// - Parameter check: is given the metadata of the file, and that of the first part, before the tensors are read.
    /// - Throws: if a part is missing or wrong, or belongs to another model.
    init(
        _ file: MappedFile, allowingEveryFormat: Bool = false,
        checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        let (first, split) = try GGUFPart.first(file, allowingEveryFormat: allowingEveryFormat, checking: check)
        try self.init(first)
        metadata = metadata.withoutSplit
        guard let split else { return }
        let stated = first.parsed.metadata
        for name in split.name.all.dropFirst() {
            let part = try GGUFPart(name.map(), allowingEveryFormat: allowingEveryFormat) {
                (metadata) throws(CheckpointError) in
                try metadata.check(asPart: name, of: stated)
            }
            try add(part)
        }
        guard tensors.count == split.tensorCount else {
            throw stated.failure(
                GGUFSplit.Key.tensorCount, expected: "\(tensors.count), the number of tensors in all parts",
                found: "\(split.tensorCount)")
        }
    }

    /// Takes a file as it is, even if it is only a part.
    init(_ part: GGUFPart) throws(CheckpointError) {
        version = part.parsed.version
        metadata = part.parsed.metadata
        try add(part)
    }

    private mutating func add(_ part: GGUFPart) throws(CheckpointError) {
        for tensor in part.parsed.tensors {
            if let other = indices.updateValue(tensors.count, forKey: tensor.name) {
                throw CheckpointError(
                    file: part.file.path, name: "tensor \(tensor.name.quoted)", expected: "it in one part only",
                    found: "it also in \(files[tensors[other].file].path)")
            }
            tensors.append((tensor, files.count))
        }
        files.append(part.file)
    }
}
