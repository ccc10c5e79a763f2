public import TensorCore

/// The sizes that models of all architectures have, known without reading the weights.
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

    /// Takes the sizes from a configuration.
    package init(_ configuration: ModelConfiguration) {
        layerCount = configuration.layerCount
        width = configuration.width
        feedForwardWidth = configuration.feedForwardWidth
        attention = configuration.attention
        vocabularySize = configuration.vocabularySize
        contextLength = configuration.contextLength
    }
}
