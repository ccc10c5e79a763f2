import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// Sets `rope_theta`, `rope_scaling` and related keys.
    ///
    /// - Throws: if the format cannot express the scaling.
    mutating func write(_ rope: RoPE, of model: ModelConfiguration, path: String) throws(CheckpointError) {
        ropeBase = rope.base
        let headDimension = model.attention.headDimension
        if let count = rope.dimensionCount { partialRotaryFactor = Double(count) / Double(headDimension) }
        var text = RoPEText()
        switch rope.scaling {
        case .none: return
        case .linear(let factor):
            text.type = "linear"
            text.factor = factor
        case .dynamic(let factor):
            text.type = "dynamic"
            text.factor = factor
        case .llama3(let scaling): text.write(scaling)
        case .divided(let divisors):
            guard divisors.contains(where: { $0 != 1 }) else { return }
            guard let scaling = Llama3Scaling(divisors, ropeBase: rope.base, headDimension: headDimension) else {
                throw CheckpointError(
                    file: path, name: "key \"rope_scaling\"",
                    expected: "frequency factors that follow Llama 3's rule", found: "a different scaling")
            }
            text.write(scaling)
        case .yarn(let scaling):
            text.type = "yarn"
            text.factor = scaling.factor
            text.originalContext = scaling.originalContext
            if scaling.attentionFactor != YaRNScaling.magnitude(factor: scaling.factor) {
                text.attentionFactor = scaling.attentionFactor
            }
            if scaling.fastTurns != YaRNScaling.standardFastTurns { text.fastTurns = scaling.fastTurns }
            if scaling.slowTurns != YaRNScaling.standardSlowTurns { text.slowTurns = scaling.slowTurns }
            if !scaling.roundsBorders { text.roundsBorders = false }
        case .longRoPE(let scaling):
            // transformers 4 reads these two keys of Phi-3 under their older name and place.
            text.olderType = "longrope"
            originalContext = scaling.originalContext
            text.shortDivisors = scaling.shortDivisors.map { Double("\($0)") ?? Double($0) }
            text.longDivisors = scaling.longDivisors.map { Double("\($0)") ?? Double($0) }
            let factor = Double(model.contextLength) / Double(scaling.originalContext)
            let usual = LongRoPEScaling.magnitude(factor: factor, originalContext: scaling.originalContext)
            if scaling.attentionFactor != usual { text.attentionFactor = scaling.attentionFactor }
        }
        ropeScaling = text
    }
}

extension ConfigurationFile.RoPEText {
    fileprivate mutating func write(_ scaling: Llama3Scaling) {
        type = "llama3"
        factor = scaling.factor
        lowFrequencyFactor = scaling.lowFrequencyFactor
        highFrequencyFactor = scaling.highFrequencyFactor
        originalContext = scaling.originalContext
    }
}
