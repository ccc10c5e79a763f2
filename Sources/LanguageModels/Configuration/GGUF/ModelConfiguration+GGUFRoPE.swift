package import CheckpointFiles
import TensorCore

/// The names of the tensors in GGUF files with divisors of RoPE's frequencies, one per pair.
enum GGUFFactorTensor: String, CaseIterable {
    case all = "rope_freqs.weight"
    /// LongRoPE's.
    case short = "rope_factors_short.weight"
    case long = "rope_factors_long.weight"
}

extension ModelConfiguration {
    /// The names of RoPE's tensors in GGUF files.
    static let ggufRoPETensors = GGUFFactorTensor.allCases.map(\.rawValue)

    /// RoPE's divisors of frequencies as tensors of a GGUF file.
    package var ggufRoPETensors: [StoredTensor] {
        func tensor(_ name: GGUFFactorTensor, _ divisors: [Float]) -> StoredTensor {
            StoredTensor(
                name: name.rawValue, dtype: .f32, shape: [divisors.count], bytes: DType.f32.quantize(divisors))
        }
        switch rope.scaling {
        case .llama3(let scaling):
            let divisors = scaling.divisors(ropeBase: rope.base, headDimension: attention.headDimension)
            return [tensor(.all, divisors)]
        case .divided(let divisors): return [tensor(.all, divisors)]
        case .longRoPE(let scaling):
            return [tensor(.long, scaling.longDivisors), tensor(.short, scaling.shortDivisors)]
        case .none, .linear, .yarn, .dynamic: return []
        }
    }

    /// Sets the metadata of RoPE.
    func writeRoPE(to metadata: inout GGUFMetadata) {
        func set(_ key: String, _ number: Double) { metadata[architecture.key(key)] = .float32(Float(number)) }
        func set(_ key: String, _ number: Int) { metadata[architecture.key(key)] = .uint32(UInt32(number)) }
        func set(_ key: String, _ text: String) { metadata[architecture.key(key)] = .string(text) }
        set("rope.dimension_count", rope.rotated(headDimension: attention.headDimension))
        set("rope.freq_base", rope.base)
        if let slidingRoPE { set("rope.freq_base_swa", slidingRoPE.base) }
        if unrotatedLayers != architecture.unrotatedLayers(of: layerCount) {
            let truths = (0..<layerCount).map { !unrotatedLayers.contains($0) }
            metadata[architecture.key(ConfigurationMetadata.rotatedLayersKey)] = .array(.bools(truths))
        }
        switch rope.scaling {
        case .none, .dynamic, .llama3, .divided: break
        case .linear(let factor):
            set("rope.scaling.type", "linear")
            set("rope.scaling.factor", factor)
        case .yarn(let scaling):
            set("rope.scaling.type", "yarn")
            set("rope.scaling.factor", scaling.factor)
            set("rope.scaling.original_context_length", scaling.originalContext)
            let usual = YaRNScaling.magnitude(factor: scaling.factor)
            if scaling.attentionFactor != usual {
                set("rope.scaling.attn_factor", scaling.attentionFactor / usual)
                set("rope.scaling.yarn_attn_factor", scaling.attentionFactor)
            }
            if scaling.fastTurns != YaRNScaling.standardFastTurns {
                set("rope.scaling.yarn_beta_fast", scaling.fastTurns)
            }
            if scaling.slowTurns != YaRNScaling.standardSlowTurns {
                set("rope.scaling.yarn_beta_slow", scaling.slowTurns)
            }
            if !scaling.roundsBorders { metadata[architecture.key(ConfigurationMetadata.roundingKey)] = .bool(false) }
        case .longRoPE(let scaling):
            set("rope.scaling.type", "longrope")
            set("rope.scaling.original_context_length", scaling.originalContext)
            set("rope.scaling.attn_factor", scaling.attentionFactor)
        }
    }
}
