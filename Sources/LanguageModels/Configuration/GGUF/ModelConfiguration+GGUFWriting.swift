package import CheckpointFiles
import TensorCore

extension ModelConfiguration {
    /// Sets the metadata under the architecture's name that describes the model (GGUF specification, "LLM").
    package func write(to metadata: inout GGUFMetadata) {
        func set(_ key: String, _ number: Int) { metadata[architecture.key(key)] = .uint32(UInt32(number)) }
        set("block_count", layerCount)
        set("context_length", contextLength)
        set("embedding_length", width)
        set("feed_forward_length", feedForwardWidth)
        set("attention.head_count", attention.heads)
        set("attention.head_count_kv", attention.keyValueHeads)
        set("attention.key_length", attention.headDimension)
        set("attention.value_length", attention.headDimension)
        metadata[architecture.key("attention.layer_norm_rms_epsilon")] = .float32(normEpsilon)
        writeRoPE(to: &metadata)
        slidingWindow?.write(to: &metadata, architecture, layerCount: layerCount)
        let scoreFactor = multipliers.attention ?? attention.scale
        switch architecture.multiplierRule {
        case .none: break
        case .stated:
            metadata[architecture.key("embedding_scale")] = .float32(multipliers.embedding)
            metadata[architecture.key("attention.scale")] = .float32(scoreFactor)
            metadata[architecture.key("residual_scale")] = .float32(multipliers.residual)
            metadata[architecture.key("logit_scale")] = .float32(multipliers.logits)
        case .gemma:
            if scoreFactor != attention.usualGemmaScale(width: width, layerCount: layerCount) {
                metadata[architecture.key("attention.scale")] = .float32(scoreFactor)
            }
        }
        set("vocab_size", vocabularySize)
    }

    /// Throws if no key of a GGUF file can say what the model does.
    ///
    /// - Parameter file: the model's file, for errors.
    package func checkForGGUF(file: String) throws(CheckpointError) {
        if let scaling = slidingRoPE?.scaling, scaling != .none {
            throw CheckpointError(
                file: file, name: "RoPE of the layers with a sliding window",
                expected: "no scaling, which GGUF readers assume", found: "a scaling")
        }
    }
}
