import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// Sets `rope_theta`, `rope_scaling` and related keys, or `rope_parameters` if layers differ in more than the base.
    ///
    /// - Throws: if the format cannot express the scaling.
    mutating func writeRoPE(of model: ModelConfiguration, path: String) throws(CheckpointError) {
        let rope = model.rope
        ropeBase = rope.base
        slidingRoPEBase = model.slidingRoPE?.base
        if let count = rope.dimensionCount {
            let size = Double(model.attention.headDimension)
            let share = Double(count) / size
            // Readers round the product with the size down.
            partialRotaryFactor = Int(share * size) == count ? share : share.nextUp
        }
        var full = try RoPEText(rope, of: model, path: path)
        if let sliding = model.slidingRoPE, sliding.scaling != .none {
            full.type = full.type ?? "default"
            full.base = rope.base
            var other = try RoPEText(sliding, of: model, path: path)
            other.base = sliding.base
            ropeParameters = RoPEText()
            ropeParameters?.layers = [LayerKind.full.rawValue: full, LayerKind.sliding.rawValue: other]
        } else if rope.scaling != .none {
            if case .longRoPE(let scaling) = rope.scaling {
                // transformers 4 reads these keys of Phi-3 under this older name and in this place.
                (full.olderType, full.type) = (full.type, nil)
                (originalContext, full.originalContext) = (scaling.originalContext, nil)
            }
            if full.type != nil || full.olderType != nil { ropeScaling = full }
        }
    }
}

extension ConfigurationFile.RoPEText {
    /// The parameters of a scaling; empty if it changes nothing.
    fileprivate init(_ rope: RoPE, of model: ModelConfiguration, path: String) throws(CheckpointError) {
        self.init()
        switch rope.scaling {
        case .none: return
        case .linear(let factor): (type, self.factor) = ("linear", factor)
        case .dynamic(let factor): (type, self.factor) = ("dynamic", factor)
        case .llama3(let scaling): write(scaling)
        case .divided(let divisors):
            guard divisors.contains(where: { $0 != 1 }) else { return }
            let headDimension = model.attention.headDimension
            guard let scaling = Llama3Scaling(divisors, ropeBase: rope.base, headDimension: headDimension) else {
                throw CheckpointError(
                    file: path, name: "key \"rope_scaling\"",
                    expected: "frequency factors that follow Llama 3's rule", found: "a different scaling")
            }
            write(scaling)
        case .yarn(let scaling): write(scaling)
        case .longRoPE(let scaling): write(scaling, contextLength: model.contextLength)
        }
    }

    private mutating func write(_ scaling: Llama3Scaling) {
        type = "llama3"
        factor = scaling.factor
        lowFrequencyFactor = scaling.lowFrequencyFactor
        highFrequencyFactor = scaling.highFrequencyFactor
        originalContext = scaling.originalContext
    }

    private mutating func write(_ scaling: YaRNScaling) {
        type = "yarn"
        factor = scaling.factor
        originalContext = scaling.originalContext
        if scaling.attentionFactor != YaRNScaling.magnitude(factor: scaling.factor) {
            attentionFactor = scaling.attentionFactor
        }
        if scaling.fastTurns != YaRNScaling.standardFastTurns { fastTurns = scaling.fastTurns }
        if scaling.slowTurns != YaRNScaling.standardSlowTurns { slowTurns = scaling.slowTurns }
        if !scaling.roundsBorders { roundsBorders = false }
    }

    private mutating func write(_ scaling: LongRoPEScaling, contextLength: Int) {
        type = "longrope"
        originalContext = scaling.originalContext
        shortDivisors = scaling.shortDivisors.map(\.decimal)
        longDivisors = scaling.longDivisors.map(\.decimal)
        let factor = Double(contextLength) / Double(scaling.originalContext)
        let usual = LongRoPEScaling.magnitude(factor: factor, originalContext: scaling.originalContext)
        if scaling.attentionFactor != usual { attentionFactor = scaling.attentionFactor }
    }
}
