package import CheckpointFiles
package import TensorCore

extension Llama {
    /// Loads a model from a GGUF file of architecture `llama`.
    ///
    /// - Throws: if metadata or tensors are missing, wrong, or of a variant that is not supported.
    package init(_ file: GGUFFile, on compute: ComputeContext) throws(CheckpointError) {
        try self.init(StoredLlama(.gguf(file)), on: compute)
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
        let attention = try Self.attention(metadata, heads: heads, width: width)
        self.init(
            layerCount: try metadata.integer(named: "llama.block_count", in: 1...4096),
            width: width,
            feedForwardWidth: try metadata.integer(named: "llama.feed_forward_length", in: sizes),
            attention: attention,
            vocabularySize: try Self.vocabularySize(file),
            contextLength: try metadata.integer(named: "llama.context_length", in: 1...(1 << 30)),
            normEpsilon: try Self.normEpsilon(metadata),
            ropeBase: try Self.ropeBase(metadata),
            ropeLinearFactor: try Self.linearFactor(metadata),
            ropeFrequencyFactors: try Self.frequencyFactors(file, count: attention.headDimension / 2))
        if let experts = try metadata.integerIfPresent(named: "llama.expert_count"), experts != 0 {
            throw metadata.failure("llama.expert_count", expected: "0 (a dense model)", found: "\(experts)")
        }
    }

    private static func attention(
        _ metadata: GGUFMetadata, heads: Int, width: Int
    ) throws(CheckpointError) -> AttentionShape {
        let keyValueHeads =
            try metadata.integerIfPresent(named: "llama.attention.head_count_kv", in: 1...heads) ?? heads
        let ownSize = try metadata.integerIfPresent(
            named: "llama.attention.key_length", in: 2...AttentionShape.largestHead)
        let attention = try AttentionShape.checked(
            heads: heads, keyValueHeads: keyValueHeads, headDimension: ownSize, width: width
        ) { field, expected, found in
            let key =
                switch field {
                case .heads: "head_count"
                case .keyValueHeads: "head_count_kv"
                case .headDimension: "key_length"
                }
            return metadata.failure("llama.attention.\(key)", expected: expected, found: found)
        }
        // What other implementations allow to differ, we have no model for.
        for key in ["llama.attention.value_length", "llama.rope.dimension_count"] {
            if let size = try metadata.integerIfPresent(named: key), size != attention.headDimension {
                throw metadata.failure(
                    key, expected: "the head size \(attention.headDimension)", found: "\(size)")
            }
        }
        return attention
    }

    /// Above it an embedding is no model's: the largest have a quarter of a million rows.
    static let largestVocabulary = 1 << 24

    /// `llama.vocab_size` is optional: the embedding itself tells.
    private static func vocabularySize(_ file: GGUFFile) throws(CheckpointError) -> Int {
        let key = "llama.vocab_size"
        let sizes = 1...Self.largestVocabulary
        if let size = try file.metadata.integerIfPresent(named: key, in: sizes) { return size }
        guard let embedding = file.tensor(named: "token_embd.weight") else {
            throw file.metadata.failure(key, expected: "an integer or an embedding", found: "neither")
        }
        guard sizes ~= embedding.rows else {
            throw CheckpointError(
                file: file.path, name: "tensor \("token_embd.weight".quoted)",
                expected: "at most \(largestVocabulary) rows", found: "\(embedding.rows)")
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

    /// The divisors of RoPE's frequencies, one per pair; nil where the file has none.
    private static func frequencyFactors(_ file: GGUFFile, count: Int) throws(CheckpointError) -> [Float]? {
        let name = "rope_freqs.weight"
        guard let tensor = file.tensor(named: name) else { return nil }
        func failure(expected: String, found: String) -> CheckpointError {
            CheckpointError(file: file.path, name: "tensor \(name.quoted)", expected: expected, found: found)
        }
        guard tensor.shape == [count] else { throw failure(expected: "shape [\(count)]", found: "\(tensor.shape)") }
        let factors = tensor.vector().values
        if let wrong = factors.first(where: { !($0 > 0 && $0.isFinite) }) {
            throw failure(expected: "positive numbers", found: "\(wrong)")
        }
        return factors
    }
}
