/// One file of a GGUF model, mapped and parsed: the whole model or a part.
struct GGUFPart {
    let file: MappedFile
    let parsed: GGUFParser.Result

    /// - Parameter check: is given the metadata before the tensors are read, and may throw.
    init(
        _ file: MappedFile, allowingEveryFormat: Bool,
        checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        self.file = file
        parsed = try GGUFParser.parse(file, allowingEveryFormat: allowingEveryFormat, checking: check)
    }

    /// Parses the file that has the model's metadata: a file itself, or the first part if it is a later one.
    ///
    /// - Parameter check: is given the metadata of the file, and that of the first part.
    /// - Throws: also if the first part cannot be found, or the file with its name is not of this split.
    static func first(
        _ file: MappedFile, allowingEveryFormat: Bool,
        checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) -> (part: GGUFPart, split: GGUFSplit?) {
        let part = try GGUFPart(file, allowingEveryFormat: allowingEveryFormat, checking: check)
        let split = try GGUFSplit(part.parsed.metadata)
        guard let split, split.name.number > 1 else { return (part, split) }
        let first = try GGUFPart(split.name.part(1).map(), allowingEveryFormat: allowingEveryFormat) {
            (metadata) throws(CheckpointError) in
            try check(metadata)
            try metadata.check(asFirstOf: split)
        }
        return (first, try GGUFSplit(first.parsed.metadata))
    }
}

extension GGUFPartName {
    /// Maps the part.
    func map() throws(CheckpointError) -> MappedFile {
        do {
            return try MappedFile(path: path)
        } catch {
            throw CheckpointError(
                file: path, expected: "part \(number) of the model's \(count) parts",
                found: "\(error.found); put all parts into the same folder")
        }
    }
}

extension GGUFMetadata {
    /// Reads the metadata of a model from its file or any of its parts; only the first part, which has it, must be
    /// there too. Tensors may have any of ggml's formats.
    package init(ofModel path: String) throws(CheckpointError) {
        let file = try inCheckpoint(try MappedFile(path: path))
        self = try GGUFPart.first(file, allowingEveryFormat: true).part.parsed.metadata.withoutSplit
    }
}
