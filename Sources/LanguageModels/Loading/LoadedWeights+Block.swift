import TensorCore

extension LoadedWeights {
    /// The weights of a layer, or of the exit block, whose index follows those of all layers.
    ///
    /// - Parameter rule: how it rotates, and its sliding window.
    func block(_ layer: Int, rule: PositionRule, of configuration: ModelConfiguration) -> BlockWeights {
        let multipliers = configuration.multipliers
        return BlockWeights(
            attention: BlockWeights.Attention(
                norm: norm(.attentionNorm, layer: layer),
                query: projection(.query, bias: .queryBias, layer: layer),
                key: projection(.key, bias: .keyBias, layer: layer),
                value: projection(.value, bias: .valueBias, layer: layer),
                queryNorm: normIfPresent(.queryNorm, layer: layer),
                keyNorm: normIfPresent(.keyNorm, layer: layer),
                queryScale: multipliers.attention.map { $0 / configuration.attention.scale } ?? 1,
                rule: rule,
                output: projection(.attentionOutput, bias: .attentionOutputBias, layer: layer),
                residual: BlockWeights.Residual(
                    norm: normIfPresent(.attentionPostNorm, layer: layer), scale: multipliers.residual)),
            mlp: BlockWeights.MLP(
                norm: norm(.feedForwardNorm, layer: layer),
                gate: projection(.gate, bias: .gateBias, layer: layer),
                up: projection(.up, bias: .upBias, layer: layer),
                down: projection(.down, bias: .downBias, layer: layer),
                activation: configuration.architecture.activation,
                residual: BlockWeights.Residual(
                    norm: normIfPresent(.feedForwardPostNorm, layer: layer), scale: multipliers.residual)))
    }
}
