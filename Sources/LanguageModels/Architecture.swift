import CheckpointFiles

/// The architectures that have a model here.
enum Architecture: String {
    case llama

    /// A checkpoint's architecture.
    ///
    /// - Throws: if it is unknown.
    init(_ checkpoint: Checkpoint) throws(CheckpointError) {
        switch checkpoint {
        case .gguf(let file):
            let name = try GGUFNames.names(for: file.metadata).architecture
            guard let known = Architecture(rawValue: name) else {
                preconditionFailure("\(name) has names but no model")
            }
            self = known
        case .folder(let folder):
            let name = try folder.architecture()
            guard let known = Architecture(rawValue: name) else {
                throw CheckpointError(
                    file: folder.file(ModelFolder.Name.configuration), name: "key \"model_type\"",
                    expected: "a known architecture (llama)",
                    found: name.quoted)
            }
            self = known
        }
    }
}

extension Llama.Configuration {
    /// Reads what a checkpoint says about its model.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    init(_ checkpoint: Checkpoint) throws(CheckpointError) {
        switch checkpoint {
        case .gguf(let file): try self.init(file)
        case .folder(let folder):
            self = try HuggingFaceConfiguration(path: folder.file(ModelFolder.Name.configuration)).llama
        }
    }
}
