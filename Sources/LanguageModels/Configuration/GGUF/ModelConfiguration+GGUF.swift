package import CheckpointFiles

extension ModelConfiguration {
    /// Reads the metadata of a model, whose keys begin with its architecture's name (GGUF specification, "LLM").
    ///
    /// - Throws: if a key is missing or out of range, or requires something that the architecture's models do not have.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        let architecture = try Architecture(file.metadata)
        self = try ConfigurationMetadata(file: file, architecture: architecture).configuration()
        if let note = assumedContext(file.metadata) { notes.add(note) }
        if let note = UnknownKeys.note(file.metadata, architecture) { notes.add(note) }
    }

    /// A note on a context that RoPE's scaling needs and the file does not state; nil if nothing is assumed.
    private func assumedContext(_ metadata: GGUFMetadata) -> String? {
        let key = architecture.key("rope.scaling.original_context_length")
        switch rope.scaling {
        case .yarn, .longRoPE:
            return metadata[key] == nil ? "\(key) is missing: the context length, \(contextLength), is used" : nil
        default: return nil
        }
    }
}

extension Architecture {
    /// A key of this architecture in a GGUF file.
    func key(_ name: String) -> String { "\(ggufName).\(name)" }
}
