import CheckpointFiles

/// The architectures that have a model here.
enum GGUFArchitecture {
    case llama

    /// A file's architecture.
    ///
    /// - Throws: if it is unknown.
    init(_ file: GGUFFile) throws(CheckpointError) {
        switch try GGUFNames.names(for: file.metadata).architecture {
        case GGUFNames.llama.architecture: self = .llama
        case let name: preconditionFailure("\(name) has names but no model")
        }
    }
}
