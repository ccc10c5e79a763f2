import CheckpointFiles
import TensorCore

/// Reads a model's shapes and constants from a GGUF file's metadata.
struct ConfigurationMetadata {
    let file: GGUFFile
    let architecture: Architecture

    var metadata: GGUFMetadata { file.metadata }

    func configuration() throws(CheckpointError) -> ModelConfiguration {
        // Far above the sizes of any model, and small enough that a product of two cannot overflow.
        let sizes = 1...(1 << 24)
        let layerCount = try integer("block_count", in: 1...4096)
        let heads = try integer("attention.head_count", in: sizes, ofLayers: layerCount)
        let width = try integer("embedding_length", in: sizes)
        let attention = try attention(heads: heads, width: width, layerCount: layerCount)
        let contextLength = try integer("context_length", in: 1...(1 << 30))
        var configuration = ModelConfiguration(
            architecture: architecture,
            layerCount: layerCount,
            width: width,
            feedForwardWidth: try integer("feed_forward_length", in: sizes, ofLayers: layerCount),
            attention: attention,
            vocabularySize: try vocabularySize(),
            contextLength: contextLength,
            normEpsilon: try normEpsilon(),
            rope: try rope(headDimension: attention.headDimension, contextLength: contextLength))
        configuration.unrotatedLayers = try unrotatedLayers(layerCount: layerCount)
        configuration.slidingRoPE = try slidingRoPE()
        configuration.slidingWindow = try slidingWindow(layerCount: layerCount)
        configuration.biases.formUnion(storedBiases)
        configuration.multipliers = try multipliers(attention, width: width, layerCount: layerCount)
        // llama.cpp writes caps into the files of all architectures, and applies this one to Gemma 3 only.
        let softcap = architecture.key("final_logit_softcapping")
        if architecture == .gemma3, let cap = try metadata.floatIfPresent(named: softcap), cap != 0 {
            throw metadata.failure(softcap, expected: "0 (no cap)", found: "\(cap)")
        }
        // To llama.cpp, this switches Granite's RoPE.
        let finetuned = architecture.key("rope.scaling.finetuned")
        if architecture == .granite, try metadata.boolIfPresent(named: finetuned) == false {
            throw metadata.failure(finetuned, expected: "true (a Granite with RoPE)", found: "false")
        }
        let causal = architecture.key("attention.causal")
        if try metadata.boolIfPresent(named: causal) == false {
            throw metadata.failure(causal, expected: "true (a model that generates text)", found: "false")
        }
        return configuration
    }

    private func multipliers(
        _ attention: AttentionShape, width: Int, layerCount: Int
    ) throws(CheckpointError) -> Multipliers {
        func factor(_ name: String) throws(CheckpointError) -> Float? {
            let key = architecture.key(name)
            guard let value = try metadata.floatIfPresent(named: key) else { return nil }
            // 0 means none to llama.cpp, except for the number that logits are divided by.
            if value == 0, name != "logit_scale" { return nil }
            guard Float(value).isFinite, Float(value) > 0 else {
                throw metadata.failure(key, expected: "a positive number", found: "\(value)")
            }
            return Float(value)
        }
        var multipliers = Multipliers()
        switch architecture.multiplierRule {
        case .none: return multipliers
        case .gemma:
            multipliers.embedding = Float(width).squareRoot()
            multipliers.setAttention(
                try factor("attention.scale") ?? attention.usualGemmaScale(width: width, layerCount: layerCount),
                usual: attention.scale)
            return multipliers
        case .stated: break
        }
        multipliers.embedding = try factor("embedding_scale") ?? 1
        if let scale = try factor("attention.scale") { multipliers.setAttention(scale, usual: attention.scale) }
        multipliers.residual = try factor("residual_scale") ?? 1
        multipliers.logits = try factor("logit_scale") ?? 1
        return multipliers
    }

    /// The optional biases that the file has: no key says so.
    private var storedBiases: Architecture.Biases {
        var stored = architecture.optionalBiases
        for row in TensorTable.layer {
            guard case .withBiases(let biases) = row.presence else { continue }
            if file.tensor(named: "\(TensorTable.ggufLayerPrefix)0.\(row.ggufName)") == nil { stored.subtract(biases) }
        }
        return stored
    }

    private func integer(_ name: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
        try metadata.integer(named: architecture.key(name), in: range)
    }

    /// An integer that may be given as a list, with the same number for each layer.
    private func integer(
        _ name: String, in range: ClosedRange<Int>, ofLayers layerCount: Int
    ) throws(CheckpointError) -> Int {
        let key = architecture.key(name)
        guard case .array? = metadata[key] else { return try metadata.integer(named: key, in: range) }
        let all = try metadata.integersIfPresent(named: key) ?? []
        guard let first = all.first, range ~= first, all.count == layerCount, all.allSatisfy({ $0 == first }) else {
            throw metadata.failure(
                key, expected: "an integer in \(range), or a list of the same one for each of \(layerCount) layers",
                found: "a list of others")
        }
        return first
    }

    private func attention(heads: Int, width: Int, layerCount: Int) throws(CheckpointError) -> AttentionShape {
        let isStated = metadata[architecture.key("attention.head_count_kv")] != nil
        let keyValueHeads =
            isStated ? try integer("attention.head_count_kv", in: 1...heads, ofLayers: layerCount) : heads
        let ownSize = try metadata.integerIfPresent(
            named: architecture.key("attention.key_length"), in: 2...AttentionShape.largestHead)
        let attention = try AttentionShape.checked(
            heads: heads, keyValueHeads: keyValueHeads, headDimension: ownSize, width: width
        ) { field, expected, found in
            let key =
                switch field {
                case .heads: "head_count"
                case .keyValueHeads: "head_count_kv"
                case .headDimension: "key_length"
                }
            return metadata.failure(architecture.key("attention.\(key)"), expected: expected, found: found)
        }
        // Other implementations allow it to differ, but no supported model has a different one.
        let key = architecture.key("attention.value_length")
        if let size = try metadata.integerIfPresent(named: key), size != attention.headDimension {
            throw metadata.failure(key, expected: "the head size \(attention.headDimension)", found: "\(size)")
        }
        return attention
    }

    /// Reads the optional key, or else the embedding's shape.
    private func vocabularySize() throws(CheckpointError) -> Int {
        let key = architecture.key("vocab_size")
        let sizes = 1...ModelConfiguration.largestVocabulary
        if let size = try metadata.integerIfPresent(named: key, in: sizes) { return size }
        guard let embedding = file.tensor(named: "token_embd.weight") else {
            throw metadata.failure(key, expected: "an integer or an embedding", found: "neither")
        }
        guard sizes ~= embedding.rows else {
            throw CheckpointError(
                file: file.path, name: "tensor \("token_embd.weight".quoted)",
                expected: "at most \(sizes.upperBound) rows", found: "\(embedding.rows)")
        }
        return embedding.rows
    }

    private func normEpsilon() throws(CheckpointError) -> Float {
        let key = architecture.key("attention.layer_norm_rms_epsilon")
        let value = try metadata.float(named: key)
        // Zero, or a number that f32 rounds to zero, would turn a row of zeros into NaN.
        guard Float(value) > 0, value < 1 else {
            throw metadata.failure(key, expected: "a number above 0 and below 1", found: "\(value)")
        }
        return Float(value)
    }
}

extension AttentionShape {
    /// The factor of scores that llama.cpp takes for a Gemma 3 of this size: files have no key for it.
    func usualGemmaScale(width: Int, layerCount: Int) -> Float {
        // The largest model, of 62 layers, divides by the root of the width per head.
        layerCount == 62 ? 1 / Float(width / heads).squareRoot() : scale
    }
}
