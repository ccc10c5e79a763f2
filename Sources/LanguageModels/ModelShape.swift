package import CheckpointFiles
public import TensorCore

/// What all architectures have in common: how large a model is, told without reading its weights.
public struct ModelShape: Sendable, Equatable {
    /// Number of transformer blocks.
    public let layerCount: Int
    /// Width of the residual stream.
    public let width: Int
    /// Width inside the MLP.
    public let feedForwardWidth: Int
    /// Heads of each attention layer.
    public let attention: AttentionShape
    /// Number of token ids.
    public let vocabularySize: Int
    /// Positions the model was trained for.
    public let contextLength: Int

    /// Reads a checkpoint's configuration.
    ///
    /// - Throws: if its architecture is unknown, or what it says about it is wrong.
    package init(_ checkpoint: Checkpoint) throws(CheckpointError) {
        switch try Architecture(checkpoint) {
        case .llama: self.init(try Llama.Configuration(checkpoint))
        }
    }

    private init(_ llama: Llama.Configuration) {
        layerCount = llama.layerCount
        width = llama.width
        feedForwardWidth = llama.feedForwardWidth
        attention = llama.attention
        vocabularySize = llama.vocabularySize
        contextLength = llama.contextLength
    }
}

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
