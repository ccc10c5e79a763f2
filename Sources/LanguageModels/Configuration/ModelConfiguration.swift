public import TensorCore

/// A model's architecture, shapes and constants.
public struct ModelConfiguration: Sendable, Equatable {
    /// Which tensors there are, and what the layers do with them.
    public var architecture: Architecture
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
    /// Linear RoPE scaling: positions are divided by this.
    public var ropeLinearFactor: Double
    /// What the frequency of each pair is divided by; nil for 1 throughout. Llama 3's scaling leaves high frequencies
    /// as they are and slows low ones down.
    public var ropeFrequencyFactors: [Float]?
    /// The rule that gave ``ropeFrequencyFactors``, where the checkpoint states it. A GGUF file states the factors
    /// alone.
    package var llama3Scaling: Llama3Scaling?

    /// A configuration; by default that of a Llama whose RoPE frequencies are not scaled.
    public init(
        architecture: Architecture = .llama, layerCount: Int, width: Int, feedForwardWidth: Int,
        attention: AttentionShape, vocabularySize: Int, contextLength: Int, normEpsilon: Float, ropeBase: Double,
        ropeLinearFactor: Double = 1, ropeFrequencyFactors: [Float]? = nil
    ) {
        self.architecture = architecture
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

    /// Above it an embedding is no model's: the largest have a quarter of a million rows.
    static let largestVocabulary = 1 << 24
}
