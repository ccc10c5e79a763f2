import TensorCore

/// The position rules of a model's layers. Layers with the same rotation share its table of angles.
struct PositionRules {
    private let configuration: ModelConfiguration
    private let rotary: RotaryEmbedding
    private let slidingRotary: RotaryEmbedding
    private let none: RotaryEmbedding

    /// - Parameter pairing: the order of rows in the loaded query and key projections.
    init(_ configuration: ModelConfiguration, pairing: RoPEPairing) {
        self.configuration = configuration
        let headDimension = configuration.attention.headDimension
        rotary = configuration.rope.rotary(pairing: pairing, headDimension: headDimension)
        slidingRotary = configuration.slidingRoPE?.rotary(pairing: pairing, headDimension: headDimension) ?? rotary
        none = .none(pairing: pairing, headDimension: headDimension)
    }

    subscript(layer: Int) -> PositionRule {
        let window = configuration.slidingWindow.flatMap { $0.layers.contains(layer) ? $0.size : nil }
        if configuration.unrotatedLayers.contains(layer) { return PositionRule(none, window: limit(window)) }
        return PositionRule(window == nil ? rotary : slidingRotary, window: limit(window))
    }

    /// The window, unless it is as large as the context.
    private func limit(_ window: Int?) -> Int? {
        window.flatMap { $0 < configuration.contextLength ? $0 : nil }
    }
}
