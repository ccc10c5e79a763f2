import CheckpointFiles
import TensorCore

extension ConfigurationMetadata {
    /// Reads the rotation of queries and keys.
    func rope(headDimension: Int, contextLength: Int) throws(CheckpointError) -> RoPE {
        var rope = RoPE(
            base: try base("rope.freq_base", standard: standardBase), dimensionCount: try rotatedCount(headDimension),
            scaling: .none)
        let pairs = rope.rotated(headDimension: headDimension) / 2
        let typeKey = architecture.key("rope.scaling.type")
        let type = try metadata.stringIfPresent(named: typeKey)
        let short = try factors(.short, count: pairs)
        let long = try factors(.long, count: pairs)
        if let short, let long, [nil, "none", "longrope"].contains(type) {
            let context = try metadata.integerIfPresent(
                named: architecture.key("rope.scaling.original_context_length"), in: 1...(1 << 30))
            rope.scaling = .longRoPE(
                LongRoPEScaling(
                    shortDivisors: short, longDivisors: long, originalContext: context ?? contextLength,
                    attentionFactor: try attentionFactor() ?? 1))
            return rope
        }
        guard short == nil, long == nil, type != "longrope" else {
            throw metadata.failure(
                typeKey,
                expected: "\"longrope\" and both \(GGUFFactorTensor.short.rawValue) and "
                    + "\(GGUFFactorTensor.long.rawValue), or none of these", found: type?.quoted ?? "no such key")
        }
        let divisors = try factors(.all, count: pairs)
        switch type {
        case "yarn": rope.scaling = .yarn(try yarn(contextLength: contextLength))
        case nil, "none", "linear":
            let factor = try linearFactor(type)
            if factor != 1 { rope.scaling = .linear(factor: factor) }
            if let attentionFactor = try attentionFactor(), attentionFactor != 1 {
                throw metadata.failure(
                    architecture.key("rope.scaling.attn_factor"), expected: "1, except for \"yarn\" and \"longrope\"",
                    found: "\(attentionFactor)")
            }
        case let type?:
            throw metadata.failure(
                typeKey, expected: "\"none\", \"linear\", \"yarn\" or \"longrope\"", found: type.quoted)
        }
        guard let divisors else { return rope }
        switch rope.scaling {
        case .none: rope.scaling = .divided(divisors)
        case .linear(let factor): rope.scaling = .divided(divisors.map { Float(factor) * $0 })
        default:
            throw metadata.failure(
                typeKey, expected: "\"none\" or \"linear\", with the tensor \(GGUFFactorTensor.all.rawValue)",
                found: type?.quoted ?? "another")
        }
        return rope
    }

    /// The base of files that state none, as llama.cpp reads them; of Gemma 3, as transformers does.
    private var standardBase: Double { architecture == .gemma3 ? architecture.defaults.ropeBase : 10_000 }

    /// Reads the rotation in layers with a sliding window, if the architecture has one of their own.
    func slidingRoPE() throws(CheckpointError) -> RoPE? {
        guard let standard = architecture.slidingRoPEBase else { return nil }
        return RoPE(base: try base("rope.freq_base_swa", standard: standard))
    }

    /// Reads the layers without RoPE; by default those of the architecture.
    func unrotatedLayers(layerCount: Int) throws(CheckpointError) -> Set<Int> {
        let key = architecture.key(Self.rotatedLayersKey)
        guard architecture.unrotatedInterval != nil, let value = metadata[key] else {
            return architecture.unrotatedLayers(of: layerCount)
        }
        guard case .array(.bools(let truths)) = value, truths.count == layerCount else {
            throw metadata.failure(
                key, expected: "one bool for each of \(layerCount) layers", found: value.typeDescription)
        }
        return Set(truths.indices.filter { !truths[$0] })
    }

    /// The key for the layers with RoPE, if they are not the usual ones; no other program writes or reads it.
    static let rotatedLayersKey = "rope.rotated_layers"

    /// The names that keys of Gemma 3 have in older files of Ollama.
    static let namesInOllama = [
        "rope.freq_base": "rope.global.freq_base", "rope.freq_base_swa": "rope.local.freq_base",
    ]

    private func base(_ name: String, standard: Double) throws(CheckpointError) -> Double {
        let names = [name, architecture == .gemma3 ? Self.namesInOllama[name] : nil].compactMap(\.self)
        let key = names.map(architecture.key).first { metadata[$0] != nil } ?? architecture.key(name)
        let value = try metadata.floatIfPresent(named: key) ?? standard
        guard value >= 1 else { throw metadata.failure(key, expected: "a number of at least 1", found: "\(value)") }
        return value
    }

    /// The number of coordinates of each head that rotate; nil if all.
    private func rotatedCount(_ headDimension: Int) throws(CheckpointError) -> Int? {
        let key = architecture.key("rope.dimension_count")
        guard let count = try metadata.integerIfPresent(named: key), count != headDimension else { return nil }
        guard architecture.rotatesPartially else {
            throw metadata.failure(key, expected: "the head size \(headDimension)", found: "\(count)")
        }
        guard (2...headDimension).contains(count), count.isMultiple(of: 2) else {
            throw metadata.failure(key, expected: "an even number in 2...\(headDimension)", found: "\(count)")
        }
        return count
    }

    private func linearFactor(_ type: String?) throws(CheckpointError) -> Double {
        let factorKey = architecture.key("rope.scaling.factor")
        switch type {
        case "none": return 1
        case "linear": return try factor(factorKey)
        default:
            // Files older than the type key scale linearly if they have a factor, under this name or an older one.
            let key = [factorKey, architecture.key("rope.scale_linear")].first { metadata[$0] != nil }
            return try key.map { (key) throws(CheckpointError) in try factor(key) } ?? 1
        }
    }

    /// A factor of positions; llama.cpp writes 0 for none.
    private func factor(_ key: String) throws(CheckpointError) -> Double {
        try metadata.float(named: key) == 0 ? 1 : positive(key)
    }

    private func yarn(contextLength: Int) throws(CheckpointError) -> YaRNScaling {
        let context = try metadata.integerIfPresent(
            named: architecture.key("rope.scaling.original_context_length"), in: 1...(1 << 30))
        let factor = try positive(architecture.key("rope.scaling.factor"))
        var scaling = YaRNScaling(factor: factor, originalContext: context ?? contextLength)
        // The absolute number, which converters store; or a factor of the usual one, which llama.cpp applies.
        if let absolute = try positiveIfPresent("rope.scaling.yarn_attn_factor") {
            scaling.attentionFactor = absolute
        } else if let relative = try attentionFactor() {
            scaling.attentionFactor *= relative
        }
        if let turns = try positiveIfPresent("rope.scaling.yarn_beta_fast") { scaling.fastTurns = turns }
        if let turns = try positiveIfPresent("rope.scaling.yarn_beta_slow") { scaling.slowTurns = turns }
        scaling.roundsBorders = try metadata.boolIfPresent(named: architecture.key(Self.roundingKey)) ?? true
        return scaling
    }

    /// The key for YaRN's `truncate`, which no other program writes or reads.
    static let roundingKey = "rope.scaling.yarn_truncate"

    private func attentionFactor() throws(CheckpointError) -> Double? {
        try positiveIfPresent("rope.scaling.attn_factor")
    }

    private func positiveIfPresent(_ name: String) throws(CheckpointError) -> Double? {
        let key = architecture.key(name)
        return metadata[key] == nil ? nil : try positive(key)
    }

    private func positive(_ key: String) throws(CheckpointError) -> Double {
        let value = try metadata.float(named: key)
        guard value > 0 else { throw metadata.failure(key, expected: "a positive number", found: "\(value)") }
        return value
    }

    /// The divisors of RoPE's frequencies in a tensor, one per pair; nil if the file has none.
    private func factors(_ name: GGUFFactorTensor, count: Int) throws(CheckpointError) -> [Float]? {
        guard let tensor = file.tensor(named: name.rawValue) else { return nil }
        func failure(expected: String, found: String) -> CheckpointError {
            CheckpointError(file: file.path, name: "tensor \(name.rawValue.quoted)", expected: expected, found: found)
        }
        guard tensor.shape == [count] else { throw failure(expected: "shape [\(count)]", found: "\(tensor.shape)") }
        let factors = tensor.vector().values
        if let wrong = factors.first(where: { !($0 > 0 && $0.isFinite) }) {
            throw failure(expected: "positive numbers", found: "\(wrong)")
        }
        return factors
    }
}
