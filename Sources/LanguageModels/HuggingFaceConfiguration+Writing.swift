import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// The file of a configuration, with the keys of transformers 4, which 5 reads too.
    ///
    /// - Throws: if RoPE's frequency factors are none of Llama 3's.
    init(_ configuration: HuggingFaceConfiguration, path: String) throws(CheckpointError) {
        let llama = configuration.llama
        architectures = ["LlamaForCausalLM"]
        modelType = "llama"
        vocabularySize = llama.vocabularySize
        width = llama.width
        feedForwardWidth = llama.feedForwardWidth
        layerCount = llama.layerCount
        heads = llama.attention.heads
        keyValueHeads = llama.attention.keyValueHeads
        headDimension = llama.attention.headDimension
        contextLength = llama.contextLength
        // By way of its shortest decimal: 1e-05, and not the double that is nearest to that f32.
        normEpsilon = Double("\(llama.normEpsilon)")
        activation = "silu"
        ropeBase = llama.ropeBase
        ropeScaling = try Self.scaling(llama, path: path)
        tiesHead = configuration.tiesHead
        attentionBias = false
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

    private static func scaling(_ llama: Llama.Configuration, path: String) throws(CheckpointError) -> RoPE? {
        func failure(expected: String) -> CheckpointError {
            CheckpointError(file: path, name: "key \"rope_scaling\"", expected: expected, found: "others")
        }
        var result = RoPE()
        if let factors = llama.ropeFrequencyFactors, factors.contains(where: { $0 != 1 }) {
            guard llama.ropeLinearFactor == 1 else {
                throw failure(expected: "frequencies scaled in one way, linearly or by factors")
            }
            let headDimension = llama.attention.headDimension
            guard let scaling = Llama3Scaling(factors, ropeBase: llama.ropeBase, headDimension: headDimension) else {
                throw failure(expected: "frequency factors that Llama 3's rule gives")
            }
            result.type = "llama3"
            result.factor = scaling.factor
            result.lowFrequencyFactor = scaling.lowFrequencyFactor
            result.highFrequencyFactor = scaling.highFrequencyFactor
            result.originalContext = scaling.originalContext
            return result
        }
        guard llama.ropeLinearFactor != 1 else { return nil }
        result.type = "linear"
        result.factor = llama.ropeLinearFactor
        return result
    }
}
