public import TensorCore

/// A model's architecture, shapes and constants.
public struct ModelConfiguration: Sendable, Equatable {
    /// The architecture, which determines the tensors and how the layers use them.
    public var architecture: Architecture
    /// The linear layers that add a bias.
    package var biases: Architecture.Biases
    /// The indices of layers that do not rotate queries and keys.
    package var unrotatedLayers: Set<Int>
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
    /// Base of the RoPE frequencies: base^(-2i / headDimension) for pair i.
    public var ropeBase: Double
    /// Linear RoPE scaling: the divisor of positions.
    public var ropeLinearFactor: Double
    /// The divisor of each pair's frequency; nil if all are 1. Llama 3's scaling keeps high frequencies and reduces low
    /// ones.
    public var ropeFrequencyFactors: [Float]?
    /// The rule behind ``ropeFrequencyFactors``, if the checkpoint gives it. A GGUF file gives only the factors.
    package var llama3Scaling: Llama3Scaling?

    /// Creates a configuration; by default that of a Llama whose RoPE frequencies are not scaled.
    package init(
        architecture: Architecture = .llama, layerCount: Int, width: Int, feedForwardWidth: Int,
        attention: AttentionShape, vocabularySize: Int, contextLength: Int, normEpsilon: Float, ropeBase: Double,
        ropeLinearFactor: Double = 1, ropeFrequencyFactors: [Float]? = nil
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
        self.ropeBase = ropeBase
        self.ropeLinearFactor = ropeLinearFactor
        self.ropeFrequencyFactors = ropeFrequencyFactors
    }

    /// The limit of valid vocabularies; the largest known ones have a quarter of a million rows.
    static let largestVocabulary = 1 << 24
}
