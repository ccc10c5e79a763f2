import CheckpointFiles
import TensorCore

/// Reads one set of RoPE's parameters.
struct RoPEReader {
    let reader: ConfigurationFile.Reader
    var place: String
    var text: ConfigurationFile.RoPEText
    /// Whether the parameters are those of one kind of layer.
    var isNested = false
    let headDimension: Int
    let contextLength: Int
    /// Notes on what is ignored or assumed.
    var notes: [String] = []

    private typealias Key = ConfigurationFile.RoPEText.CodingKeys

    /// Continues with the parameters of one kind of layer.
    mutating func enter(_ nested: ConfigurationFile.RoPEText, _ kind: String) {
        place = "rope_parameters.\(kind)"
        text = nested
        isNested = true
    }

    /// - Parameter base: the base if the parameters have none.
    mutating func rope(base standard: Double) throws(CheckpointError) -> RoPE {
        let base = text.base ?? standard
        guard base >= 1 else {
            throw reader.failure("rope_theta", expected: "a number of at least 1", found: "\(base)")
        }
        // transformers reads Gemma's parameters under the newer name only.
        let isGemma = reader.content.modelType.architecture.slidingRoPEBase != nil
        var type = text.type ?? (isGemma ? nil : text.olderType) ?? "default"
        // Older configurations of Phi-3 call LongRoPE by these names.
        if type == "su" || type == "yarn" && reader.content.modelType.architecture == .phi3 { type = "longrope" }
        if let newer = text.type, let older = text.olderType, newer != older {
            notes.append(
                "\(place) in config.json has two types: as in transformers, rope_type, \(newer.quoted), is used")
        }
        var rope = RoPE(base: base, dimensionCount: try rotatedCount(), scaling: .none)
        var used: [Key] = []
        let architecture = reader.content.modelType.architecture
        let types =
            ["default", "longrope"] + (architecture.rotatesPartially ? [] : ["linear", "dynamic", "llama3", "yarn"])
        guard types.contains(type) else {
            throw reader.failure(
                "\(place).rope_type", expected: types.map(\.quoted).joined(separator: " or "), found: type.quoted)
        }
        switch type {
        case "linear": (rope.scaling, used) = (.linear(factor: try positive(.factor, text.factor)), [.factor])
        case "dynamic": (rope.scaling, used) = (.dynamic(factor: try positive(.factor, text.factor)), [.factor])
        case "llama3":
            (rope.scaling, used) = (
                .llama3(try llama3()),
                [.factor, .lowFrequencyFactor, .highFrequencyFactor, .originalContext]
            )
        case "longrope":
            (rope.scaling, used) = (
                .longRoPE(try longRoPE(rope.rotated(headDimension: headDimension))),
                [.shortDivisors, .longDivisors, .factor, .attentionFactor, .originalContext]
            )
        case "yarn":
            (rope.scaling, used) = (
                .yarn(try yarn()),
                [
                    .factor, .originalContext, .attentionFactor, .fastTurns, .slowTurns, .magnitudeWeight,
                    .magnitudeDivisorWeight,
                ] + (isNested ? [] : [.roundsBorders])
            )
        default: break
        }
        guard
            rope.frequencies(headDimension: headDimension).allSatisfy({ Float($0).isFinite && Float($0) > 0 }),
            Float(rope.magnitude).isFinite, Float(rope.magnitude) > 0
        else {
            throw reader.failure(
                "\(place).factor", expected: "numbers for which F32 can hold all frequencies",
                found: text.factor.map { "\($0)" } ?? "others")
        }
        let known = Set((used + [.type, .base, .partialRotaryFactor] + (isGemma ? [] : [.olderType])).map(\.rawValue))
        for key in text.presentKeys where !known.contains(key) && text.layers[key] == nil {
            notes.append("\(place).\(key) in config.json is not part of RoPE of type \(type.quoted) and is ignored")
        }
        return rope
    }

    /// The number of coordinates of each head that rotate; nil if all.
    private func rotatedCount() throws(CheckpointError) -> Int? {
        guard let share = text.partialRotaryFactor ?? reader.content.partialRotaryFactor, share != 1 else { return nil }
        let architecture = reader.content.modelType.architecture
        guard architecture.rotatesPartially else {
            throw reader.failure(
                .partialRotaryFactor, expected: "1 (a plain \(architecture.name) model)", found: "\(share)")
        }
        guard share > 0, share <= 1, case let count = Int(Double(headDimension) * share), count >= 2,
            count.isMultiple(of: 2)
        else {
            throw reader.failure(
                .partialRotaryFactor, expected: "a share of the \(headDimension) coordinates that is an even number",
                found: "\(share)")
        }
        return count
    }

    private mutating func llama3() throws(CheckpointError) -> Llama3Scaling {
        let scaling = Llama3Scaling(
            factor: try positive(.factor, text.factor),
            lowFrequencyFactor: try positive(.lowFrequencyFactor, text.lowFrequencyFactor),
            highFrequencyFactor: try positive(.highFrequencyFactor, text.highFrequencyFactor),
            originalContext: try originalContext())
        guard scaling.highFrequencyFactor > scaling.lowFrequencyFactor else {
            throw reader.failure(
                "\(place).high_freq_factor", expected: "more than low_freq_factor",
                found: "\(scaling.highFrequencyFactor)")
        }
        return scaling
    }

    private mutating func yarn() throws(CheckpointError) -> YaRNScaling {
        let context = try originalContext()
        var factor = Double(contextLength) / Double(context)
        // As in transformers, null means the ratio of the contexts, but the key must be there.
        if text.factor != nil || !text.nullKeys.contains(Key.factor.rawValue) {
            factor = try positive(.factor, text.factor)
        }
        var scaling = YaRNScaling(factor: factor, originalContext: context)
        if let attentionFactor = text.attentionFactor {
            scaling.attentionFactor = try positive(.attentionFactor, attentionFactor)
        } else if let weight = text.magnitudeWeight, let divisor = text.magnitudeDivisorWeight, weight != 0,
            divisor != 0
        {
            scaling.attentionFactor =
                YaRNScaling.magnitude(factor: factor, weight: weight)
                / YaRNScaling.magnitude(factor: factor, weight: divisor)
        }
        // As in transformers, 0 means the default.
        if let turns = text.fastTurns, turns != 0 { scaling.fastTurns = try positive(.fastTurns, turns) }
        if let turns = text.slowTurns, turns != 0 { scaling.slowTurns = try positive(.slowTurns, turns) }
        // As in transformers, which reads the key only outside.
        scaling.roundsBorders = isNested ? true : text.roundsBorders ?? true
        return scaling
    }

    private mutating func longRoPE(_ rotated: Int) throws(CheckpointError) -> LongRoPEScaling {
        func divisors(_ key: Key, _ numbers: [Double]?) throws(CheckpointError) -> [Float] {
            guard let numbers, numbers.count == rotated / 2, numbers.allSatisfy({ Float($0).isFinite && Float($0) > 0 })
            else {
                throw reader.failure(
                    "\(place).\(key.rawValue)", expected: "\(rotated / 2) positive numbers",
                    found: numbers.map { $0.count == rotated / 2 ? "other numbers" : "\($0.count)" } ?? "no such key")
            }
            return numbers.map { Float($0) }
        }
        let context = try originalContext()
        let factor =
            try text.factor.map { (factor) throws(CheckpointError) in try positive(.factor, factor) }
            ?? Double(contextLength) / Double(context)
        return LongRoPEScaling(
            shortDivisors: try divisors(.shortDivisors, text.shortDivisors),
            longDivisors: try divisors(.longDivisors, text.longDivisors), originalContext: context,
            attentionFactor: try text.attentionFactor.map { (factor) throws(CheckpointError) in
                try positive(.attentionFactor, factor)
            } ?? LongRoPEScaling.magnitude(factor: factor, originalContext: context))
    }

    /// The context of the first training, which may be stated outside of RoPE's parameters.
    private mutating func originalContext() throws(CheckpointError) -> Int {
        let standard = reader.content.modelType.architecture.defaults.originalContext
        let outer = isNested ? nil : reader.content.originalContext ?? standard
        if let inner = text.originalContext, let outer, inner != outer {
            notes.append(
                "\(place).original_max_position_embeddings in config.json, \(inner), is ignored: as in transformers, "
                    + "\(outer) is used")
        }
        guard let context = outer ?? text.originalContext else {
            notes.append(
                "\(place).original_max_position_embeddings in config.json is missing: "
                    + "max_position_embeddings, \(contextLength), is used")
            return contextLength
        }
        guard (1...(1 << 30)).contains(context) else {
            throw reader.failure(
                "\(place).original_max_position_embeddings", expected: "an integer in 1...\(1 << 30)",
                found: "\(context)")
        }
        return context
    }

    private func positive(_ key: Key, _ value: Double?) throws(CheckpointError) -> Double {
        guard let value, value > 0, value.isFinite else {
            throw reader.failure(
                "\(place).\(key.rawValue)", expected: "a positive number",
                found: value.map { "\($0)" } ?? "no such key")
        }
        return value
    }
}
