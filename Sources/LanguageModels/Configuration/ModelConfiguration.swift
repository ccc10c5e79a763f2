public import TensorCore

/// A model's architecture, shapes and constants.
public struct ModelConfiguration: Sendable, Equatable {
    /// The architecture, which determines the tensors and how the layers use them.
    public var architecture: Architecture
    /// The linear layers that add a bias.
    package var biases: Architecture.Biases
    /// The indices of layers that do not rotate queries and keys.
    package var unrotatedLayers: Set<Int>
    /// The layers in which each token attends only to the last ones; nil if there are none.
    package var slidingWindow: SlidingWindow?
    /// Factors of activations.
    package var multipliers = Multipliers()
    /// Number of blocks.
    public var layerCount: Int
    /// Width of the residual stream.
    public var width: Int
    /// Width inside the MLP.
    public var feedForwardWidth: Int
    /// Heads of each attention layer.
    public var attention: AttentionShape
    /// Number of token ids.
    public var vocabularySize: Int
    /// Positions the model was trained for.
    public var contextLength: Int
    /// Added to the mean square in every norm.
    public var normEpsilon: Float
    /// The rotation of queries and keys.
    public var rope: RoPE
    /// The rotation in layers with a sliding window, if it differs.
    package var slidingRoPE: RoPE?
    /// The exit with a block of its own before the head, 1..<layerCount; nil if no exit has one. The block has the
    /// shape and rules of layer `exitBlock`, the next one of the model, and its weights are in a file of their own.
    package var exitBlock: Int?
    /// Notes for the user about what had to be assumed in reading the configuration.
    package var notes = AssumptionNotes()

    /// Creates a configuration; by default that of a Llama.
    package init(
        architecture: Architecture = .llama, layerCount: Int, width: Int, feedForwardWidth: Int,
        attention: AttentionShape, vocabularySize: Int, contextLength: Int, normEpsilon: Float, rope: RoPE
    ) {
        self.architecture = architecture
        biases = architecture.biases
        unrotatedLayers = architecture.unrotatedLayers(of: layerCount)
        self.layerCount = layerCount
        self.width = width
        self.feedForwardWidth = feedForwardWidth
        self.attention = attention
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.normEpsilon = normEpsilon
        self.rope = rope
        slidingRoPE = architecture.slidingRoPEBase.map { RoPE(base: $0) }
        if architecture.multiplierRule == .gemma { multipliers.embedding = Float(width).squareRoot() }
    }

    /// The limit of valid vocabularies; the largest known ones have a quarter of a million rows.
    static let largestVocabulary = 1 << 24
}
