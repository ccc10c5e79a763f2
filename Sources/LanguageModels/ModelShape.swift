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
