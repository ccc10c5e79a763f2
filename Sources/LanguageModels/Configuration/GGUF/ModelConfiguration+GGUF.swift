package import CheckpointFiles

extension ModelConfiguration {
    /// Reads the metadata of a model, whose keys begin with its architecture's name (GGUF specification, "LLM").
    ///
    /// - Throws: if a key is missing or out of range, or requires something that the architecture's models do not have.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        let architecture = try Architecture(file.metadata)
        self = try ConfigurationMetadata(file: file, architecture: architecture).configuration()
        if let note = UnknownKeys.note(file.metadata, architecture) { notes.add(note) }
    }
}

extension Architecture {
    /// A key of this architecture in a GGUF file.
    func key(_ name: String) -> String { "\(ggufName).\(name)" }
}
