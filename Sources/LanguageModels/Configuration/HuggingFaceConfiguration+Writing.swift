import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// The file of a configuration, with the keys of transformers 4, which 5 reads too.
    ///
    /// - Throws: if RoPE's frequency factors are none of Llama 3's.
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
        // By way of its shortest decimal: 1e-05, and not the double that is nearest to that f32.
        normEpsilon = Double("\(model.normEpsilon)")
        activation = "silu"
        ropeBase = model.ropeBase
        ropeScaling = try Self.scaling(model, path: path)
        tiesHead = configuration.tiesHead
        // An architecture that always has biases has no key for them.
        attentionBias = architecture.hasAttentionBias ? nil : false
        mlpBias = false
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
            CheckpointError(file: path, name: "key \"rope_scaling\"", expected: expected, found: "others")
        }
        var result = RoPE()
        if let factors = model.ropeFrequencyFactors, factors.contains(where: { $0 != 1 }) {
            guard model.ropeLinearFactor == 1 else {
                throw failure(expected: "frequencies scaled in one way, linearly or by factors")
            }
            let headDimension = model.attention.headDimension
            // Of a folder the rule itself: one that is found again from rounded factors may differ in its last bits.
            let found = Llama3Scaling(factors, ropeBase: model.ropeBase, headDimension: headDimension)
            guard let scaling = model.llama3Scaling ?? found else {
                throw failure(expected: "frequency factors that Llama 3's rule gives")
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
