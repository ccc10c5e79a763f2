import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// Creates the file of a configuration, with the keys of transformers 4, which version 5 also reads.
    ///
    /// - Throws: if RoPE's frequency factors do not follow Llama 3's rule.
    init(_ configuration: HuggingFaceConfiguration, path: String) throws(CheckpointError) {
        let model = configuration.model
        let architecture = model.architecture
        architectures = [architecture.className]
        modelType = ModelType(architecture)
        vocabularySize = model.vocabularySize
        width = model.width
        feedForwardWidth = model.feedForwardWidth
        layerCount = model.layerCount
        heads = model.attention.heads
        keyValueHeads = model.attention.keyValueHeads
        headDimension = model.attention.headDimension
        contextLength = model.contextLength
        // Converted through its shortest decimal: 1e-05, not the exact double value of that f32.
        normEpsilon = Double("\(model.normEpsilon)")
        activation = "silu"
        ropeBase = model.ropeBase
        ropeScaling = try Self.scaling(model, path: path)
        tiesHead = configuration.tiesHead
        // Architectures that always have biases have no key for them.
        attentionBias = architecture.biases.isEmpty ? model.biases.contains(.attentionInputs) : nil
        if architecture.hasSlidingWindow { slidingWindow = .null }
        if architecture.hasMultipliers {
            let multipliers = model.multipliers
            embeddingMultiplier = Double("\(multipliers.embedding)")
            attentionMultiplier = Double("\(multipliers.attention ?? model.attention.scale)")
            residualMultiplier = Double("\(multipliers.residual)")
            logitsScaling = Double("\(multipliers.logits)")
        }
        if architecture.unrotatedInterval != nil {
            rotatedLayers = (0..<model.layerCount).map { model.unrotatedLayers.contains($0) ? 0 : 1 }
        }
        mlpBias = model.biases.contains(.feedForward)
        beginningOfText = configuration.beginningOfText.map { LooseID(Int($0)) }
        endsOfText = OneOrMany(configuration.endsOfText.map { Int($0) })
        padding = configuration.padding.map { LooseID($0) }
        dtype =
            switch configuration.dtype {
            case .bf16: "bfloat16"
            case .f16: "float16"
            default: "float32"
            }
    }

    private static func scaling(_ model: ModelConfiguration, path: String) throws(CheckpointError) -> RoPE? {
        func failure(expected: String) -> CheckpointError {
            CheckpointError(file: path, name: "key \"rope_scaling\"", expected: expected, found: "a different scaling")
        }
        var result = RoPE()
        if let factors = model.ropeFrequencyFactors, factors.contains(where: { $0 != 1 }) {
            guard model.ropeLinearFactor == 1 else {
                throw failure(expected: "frequencies scaled either linearly or by factors")
            }
            let headDimension = model.attention.headDimension
            // Uses the original rule of a folder: a rule derived from rounded factors may differ in its last bits.
            let found = Llama3Scaling(factors, ropeBase: model.ropeBase, headDimension: headDimension)
            guard let scaling = model.llama3Scaling ?? found else {
                throw failure(expected: "frequency factors that follow Llama 3's rule")
            }
            result.type = "llama3"
            result.factor = scaling.factor
            result.lowFrequencyFactor = scaling.lowFrequencyFactor
            result.highFrequencyFactor = scaling.highFrequencyFactor
            result.originalContext = scaling.originalContext
            return result
        }
        guard model.ropeLinearFactor != 1 else { return nil }
        result.type = "linear"
        result.factor = model.ropeLinearFactor
        return result
    }
}
