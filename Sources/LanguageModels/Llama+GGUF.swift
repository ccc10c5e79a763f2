package import CheckpointFiles
package import TensorCore

extension Llama {
    /// Loads a model from a GGUF file of architecture `llama`.
    ///
    /// - Throws: if metadata or tensors are missing, wrong, or of a variant that is not supported.
    package init(_ file: GGUFFile, on compute: ComputeContext) throws(CheckpointError) {
        let source = try GGUFSource(file)
        let configuration = try Configuration(file)
        try configuration.refuseUnknownTensors(of: source)
        try self.init(Weights(source), configuration, on: compute)
    }
}

extension Llama.Configuration {
    /// Reads the metadata under `llama.` (GGUF specification, "LLM").
    ///
    /// - Throws: if a key is missing, out of range, or asks for something else than a plain Llama.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        let metadata = file.metadata
        // Far above any model, and small enough that products of two cannot overflow.
        let sizes = 1...(1 << 24)
        let heads = try metadata.integer(named: "llama.attention.head_count", in: sizes)
        let width = try metadata.integer(named: "llama.embedding_length", in: sizes)
        self.init(
            layerCount: try metadata.integer(named: "llama.block_count", in: 1...4096),
            width: width,
            feedForwardWidth: try metadata.integer(named: "llama.feed_forward_length", in: sizes),
            attention: try Self.attention(metadata, heads: heads, width: width),
            vocabularySize: try Self.vocabularySize(file),
            contextLength: try metadata.integer(named: "llama.context_length", in: 1...(1 << 30)),
            normEpsilon: try Self.normEpsilon(metadata),
            ropeBase: try Self.ropeBase(metadata),
            ropeLinearFactor: try Self.linearFactor(metadata))
        if let experts = try metadata.integerIfPresent(named: "llama.expert_count"), experts != 0 {
            throw metadata.failure("llama.expert_count", expected: "0 (a dense model)", found: "\(experts)")
        }
    }

    private static func attention(
        _ metadata: GGUFMetadata, heads: Int, width: Int
    ) throws(CheckpointError) -> AttentionShape {
        let keyValueHeads =
            try metadata.integerIfPresent(named: "llama.attention.head_count_kv", in: 1...heads) ?? heads
        guard heads % keyValueHeads == 0 else {
            throw metadata.failure(
                "llama.attention.head_count_kv", expected: "a divisor of the \(heads) heads", found: "\(keyValueHeads)")
        }
        let ownSize = try metadata.integerIfPresent(named: "llama.attention.key_length", in: 2...4096)
        guard ownSize != nil || width % heads == 0 else {
            throw metadata.failure(
                "llama.attention.head_count", expected: "a divisor of the width \(width)", found: "\(heads)")
        }
        let headDimension = ownSize ?? width / heads
        guard headDimension % 2 == 0, headDimension <= 4096 else {
            throw metadata.failure(
                ownSize == nil ? "llama.attention.head_count" : "llama.attention.key_length",
                expected: "heads of an even size up to 4096", found: "size \(headDimension)")
        }
        // What other implementations allow to differ, we have no model for.
        for key in ["llama.attention.value_length", "llama.rope.dimension_count"] {
            if let size = try metadata.integerIfPresent(named: key), size != headDimension {
                throw metadata.failure(key, expected: "the head size \(headDimension)", found: "\(size)")
            }
        }
        return AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension)
    }

    /// `llama.vocab_size` is optional: the embedding itself tells.
    private static func vocabularySize(_ file: GGUFFile) throws(CheckpointError) -> Int {
        let key = "llama.vocab_size"
        let sizes = 1...Int(Int32.max)
        if let size = try file.metadata.integerIfPresent(named: key, in: sizes) { return size }
        guard let embedding = file.tensor(named: "token_embd.weight"), sizes ~= embedding.rows else {
            throw file.metadata.failure(key, expected: "an integer or an embedding", found: "neither")
        }
        return embedding.rows
    }

    private static func normEpsilon(_ metadata: GGUFMetadata) throws(CheckpointError) -> Float {
        let key = "llama.attention.layer_norm_rms_epsilon"
        let value = try metadata.float(named: key)
        // Zero, also where f32 rounds to it, would turn a row of zeros into NaN.
        guard Float(value) > 0, value < 1 else {
            throw metadata.failure(key, expected: "a number above 0 and below 1", found: "\(value)")
        }
        return Float(value)
    }

    private static func ropeBase(_ metadata: GGUFMetadata) throws(CheckpointError) -> Double {
        let key = "llama.rope.freq_base"
        let value = try metadata.floatIfPresent(named: key) ?? 10_000
        guard value >= 1 else { throw metadata.failure(key, expected: "a number of at least 1", found: "\(value)") }
        return value
    }

    private static func linearFactor(_ metadata: GGUFMetadata) throws(CheckpointError) -> Double {
        let typeKey = "llama.rope.scaling.type"
        let factorKey = "llama.rope.scaling.factor"
        switch try metadata.stringIfPresent(named: typeKey) {
        case "none": return 1
        case "linear": return try factor(metadata, factorKey)
        case nil:
            // Files from before there were types scale linearly if they have a factor, under this name or an older one.
            let key = [factorKey, "llama.rope.scale_linear"].first { metadata[$0] != nil }
            return try key.map { (key) throws(CheckpointError) in try factor(metadata, key) } ?? 1
        case let type?: throw metadata.failure(typeKey, expected: "\"none\" or \"linear\"", found: type.quoted)
        }
    }

    private static func factor(_ metadata: GGUFMetadata, _ key: String) throws(CheckpointError) -> Double {
        let value = try metadata.float(named: key)
        guard value > 0 else { throw metadata.failure(key, expected: "a positive number", found: "\(value)") }
        return value
    }

    /// A tensor that the graph does not use, such as a bias, would change the model: better no text than a wrong one.
    func refuseUnknownTensors(of source: GGUFSource) throws(CheckpointError) {
        // Compared as the file spells them: a second spelling, such as `blk.00.`, is no tensor of ours.
        let known = Set(tensorNames.map { source.storedName(of: $0) })
        for tensor in source.gguf.tensors where !known.contains(tensor.name) {
            throw CheckpointError(
                file: source.file, name: "tensor \(tensor.name.quoted)",
                expected: "only tensors of a plain Llama with \(layerCount) blocks", found: "a tensor it has no use for"
            )
        }
    }

    private var tensorNames: [String] {
        let layer =
            ["input_layernorm", "post_attention_layernorm"]
            + ["q_proj", "k_proj", "v_proj", "o_proj"].map { "self_attn.\($0)" }
            + ["gate_proj", "up_proj", "down_proj"].map { "mlp.\($0)" }
        let layers = (0..<layerCount).flatMap { index in layer.map { "model.layers.\(index).\($0).weight" } }
        return layers + [
            "model.embed_tokens.weight", "model.norm.weight", "lm_head.weight", "model.rope_frequency_factors.weight",
        ]
    }
}
