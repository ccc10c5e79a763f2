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
        set("rope.dimension_count", attention.headDimension)
        metadata[architecture.key("rope.freq_base")] = .float32(Float(ropeBase))
        if ropeLinearFactor != 1 {
            metadata[architecture.key("rope.scaling.type")] = .string("linear")
            metadata[architecture.key("rope.scaling.factor")] = .float32(Float(ropeLinearFactor))
        }
        if architecture.hasMultipliers {
            metadata[architecture.key("embedding_scale")] = .float32(multipliers.embedding)
            metadata[architecture.key("attention.scale")] = .float32(multipliers.attention ?? attention.scale)
            metadata[architecture.key("residual_scale")] = .float32(multipliers.residual)
            metadata[architecture.key("logit_scale")] = .float32(multipliers.logits)
        }
        set("vocab_size", vocabularySize)
    }

    /// Throws if no key of a GGUF file can say what the model does.
    ///
    /// - Parameter file: the model's file, for errors.
    package func checkForGGUF(file: String) throws(CheckpointError) {
        let usual = architecture.unrotatedLayers(of: layerCount)
        guard unrotatedLayers == usual else {
            func list(_ layers: Set<Int>) -> String {
                layers.isEmpty ? "none" : layers.sorted().map(String.init).joined(separator: ", ")
            }
            throw CheckpointError(
                file: file, name: "layers without RoPE", expected: "\(list(usual)), which GGUF readers assume",
                found: list(unrotatedLayers))
        }
    }

    /// RoPE's frequency factors as a tensor of a GGUF file; nil if there are none.
    package var ropeFactorTensor: StoredTensor? {
        ropeFrequencyFactors.map { factors in
            StoredTensor(
                name: Self.ropeFactorsName, dtype: .f32, shape: [factors.count], bytes: DType.f32.quantize(factors))
        }
    }
}
