package import CheckpointFiles
import TensorCore

extension ModelConfiguration {
    /// Reads the metadata of a model, whose keys begin with its architecture's name (GGUF specification, "LLM").
    ///
    /// - Throws: if a key is missing or out of range, or requires something that the architecture's models do not have.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        let architecture = try Architecture(file.metadata)
        self = try ConfigurationMetadata(file: file, architecture: architecture).configuration()
    }

    /// The name of the tensor with the divisors of RoPE's frequencies, one per pair.
    static let ropeFactorsName = "rope_freqs.weight"
}

extension Architecture {
    /// A key of this architecture in a GGUF file.
    func key(_ name: String) -> String { "\(ggufName).\(name)" }
}

/// Reads a model's shapes and constants from a GGUF file's metadata.
private struct ConfigurationMetadata {
    let file: GGUFFile
    let architecture: Architecture

    private var metadata: GGUFMetadata { file.metadata }

    func configuration() throws(CheckpointError) -> ModelConfiguration {
        // Far above the sizes of any model, and small enough that a product of two cannot overflow.
        let sizes = 1...(1 << 24)
        let heads = try integer("attention.head_count", in: sizes)
        let width = try integer("embedding_length", in: sizes)
        let attention = try attention(heads: heads, width: width)
        var configuration = ModelConfiguration(
            architecture: architecture,
            layerCount: try integer("block_count", in: 1...4096),
            width: width,
            feedForwardWidth: try integer("feed_forward_length", in: sizes),
            attention: attention,
            vocabularySize: try vocabularySize(),
            contextLength: try integer("context_length", in: 1...(1 << 30)),
            normEpsilon: try normEpsilon(),
            ropeBase: try ropeBase(),
            ropeLinearFactor: try linearFactor(),
            ropeFrequencyFactors: try frequencyFactors(count: attention.headDimension / 2))
        configuration.biases.formUnion(storedBiases)
        if architecture.hasMultipliers { configuration.multipliers = try multipliers() }
        let experts = architecture.key("expert_count")
        if let count = try metadata.integerIfPresent(named: experts), count != 0 {
            throw metadata.failure(experts, expected: "0 (a model without experts)", found: "\(count)")
        }
        return configuration
    }

    private func multipliers() throws(CheckpointError) -> Multipliers {
        func factor(_ name: String) throws(CheckpointError) -> Float? {
            let key = architecture.key(name)
            guard let value = try metadata.floatIfPresent(named: key) else { return nil }
            guard Float(value).isFinite, Float(value) > 0 else {
                throw metadata.failure(key, expected: "a positive number", found: "\(value)")
            }
            return Float(value)
        }
        var multipliers = Multipliers()
        multipliers.embedding = try factor("embedding_scale") ?? 1
        multipliers.attention = try factor("attention.scale")
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

    private func attention(heads: Int, width: Int) throws(CheckpointError) -> AttentionShape {
        let keyValueHeads =
            try metadata.integerIfPresent(named: architecture.key("attention.head_count_kv"), in: 1...heads) ?? heads
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
        // Other implementations allow these to differ, but no supported model has different ones.
        for key in ["attention.value_length", "rope.dimension_count"].map(architecture.key) {
            if let size = try metadata.integerIfPresent(named: key), size != attention.headDimension {
                throw metadata.failure(
                    key, expected: "the head size \(attention.headDimension)", found: "\(size)")
            }
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

    private func ropeBase() throws(CheckpointError) -> Double {
        let key = architecture.key("rope.freq_base")
        let value = try metadata.floatIfPresent(named: key) ?? 10_000
        guard value >= 1 else { throw metadata.failure(key, expected: "a number of at least 1", found: "\(value)") }
        return value
    }

    private func linearFactor() throws(CheckpointError) -> Double {
        let typeKey = architecture.key("rope.scaling.type")
        let factorKey = architecture.key("rope.scaling.factor")
        switch try metadata.stringIfPresent(named: typeKey) {
        case "none": return 1
        case "linear": return try factor(factorKey)
        case nil:
            // Files older than the type key scale linearly if they have a factor, under this name or an older one.
            let key = [factorKey, architecture.key("rope.scale_linear")].first { metadata[$0] != nil }
            return try key.map { (key) throws(CheckpointError) in try factor(key) } ?? 1
        case let type?: throw metadata.failure(typeKey, expected: "\"none\" or \"linear\"", found: type.quoted)
        }
    }

    private func factor(_ key: String) throws(CheckpointError) -> Double {
        let value = try metadata.float(named: key)
        guard value > 0 else { throw metadata.failure(key, expected: "a positive number", found: "\(value)") }
        return value
    }

    /// The divisors of RoPE's frequencies, one per pair; nil if the file has none.
    private func frequencyFactors(count: Int) throws(CheckpointError) -> [Float]? {
        let name = ModelConfiguration.ropeFactorsName
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
