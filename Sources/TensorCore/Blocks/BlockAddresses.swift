/// A block with packed weights, as addresses and numbers: threads read it without reference counting.
struct BlockAddresses: @unchecked Sendable {
    let attentionNorm: NormAddresses
    let query: PanelWeights
    let key: PanelWeights
    let value: PanelWeights
    let queryNorm: NormAddresses?
    let keyNorm: NormAddresses?
    let queryScale: Float
    let output: PanelWeights
    let attentionResidual: Residual

    let mlpNorm: NormAddresses
    let gate: PanelWeights
    let up: PanelWeights
    let down: PanelWeights
    let activation: GatedActivation
    let mlpResidual: Residual

    /// The forms of the rows that queries, keys and values, the output, gate and up, and down are computed from.
    let attentionForms: ActivationForms
    let mixedForms: ActivationForms
    let mlpForms: ActivationForms
    let hiddenForms: ActivationForms

    struct Residual {
        let norm: NormAddresses?
        let scale: Float

        var changes: Bool { norm != nil || scale != 1 }

        init(_ residual: BlockWeights.Residual) {
            norm = residual.norm.map { NormAddresses($0) }
            scale = residual.scale
        }
    }

    /// nil if not all matrices are packed. The weights must outlive this value.
    init?(_ weights: BlockWeights) {
        let (attention, mlp) = (weights.attention, weights.mlp)
        guard let query = PanelWeights(attention.query), let key = PanelWeights(attention.key),
            let value = PanelWeights(attention.value), let output = PanelWeights(attention.output),
            let gate = PanelWeights(mlp.gate), let up = PanelWeights(mlp.up), let down = PanelWeights(mlp.down)
        else { return nil }
        attentionNorm = NormAddresses(attention.norm)
        self.query = query
        self.key = key
        self.value = value
        queryNorm = attention.queryNorm.map { NormAddresses($0) }
        keyNorm = attention.keyNorm.map { NormAddresses($0) }
        queryScale = attention.queryScale
        self.output = output
        attentionResidual = Residual(attention.residual)
        mlpNorm = NormAddresses(mlp.norm)
        self.gate = gate
        self.up = up
        self.down = down
        activation = mlp.activation
        mlpResidual = Residual(mlp.residual)
        attentionForms = ActivationForms(query, key, value)
        mixedForms = ActivationForms(output)
        mlpForms = ActivationForms(gate, up)
        hiddenForms = ActivationForms(down)
    }
}

extension PanelWeights {
    /// nil if the layer's weights are not packed.
    fileprivate init?(_ layer: Projection) {
        guard case .packed(let weights) = layer.weights else { return nil }
        self.init(weights, bias: layer.bias)
    }
}
