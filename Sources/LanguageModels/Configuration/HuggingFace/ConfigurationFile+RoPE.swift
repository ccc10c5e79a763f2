import CheckpointFiles
import TensorCore

extension ConfigurationFile.Reader {
    /// Reads the rotation of queries and keys, and that of layers with a sliding window if it differs, with notes on
    /// what is ignored or assumed. The keys are `rope_theta` and `rope_scaling`, or both in `rope_parameters`.
    func rope(
        _ attention: AttentionShape, contextLength: Int
    ) throws(CheckpointError) -> (full: RoPE, sliding: RoPE?, notes: [String]) {
        // As in transformers, the older key wins.
        let isOlder = content.ropeScaling?.presentKeys.isEmpty == false
        let text = (isOlder ? content.ropeScaling : content.ropeParameters) ?? ConfigurationFile.RoPEText()
        let place = isOlder ? "rope_scaling" : "rope_parameters"
        let architecture = content.modelType.architecture
        var reader = RoPEReader(
            reader: self, place: place, text: text, headDimension: attention.headDimension,
            contextLength: contextLength)
        if isOlder, content.ropeParameters?.presentKeys.isEmpty == false {
            reader.notes.append(
                "config.json has rope_scaling and rope_parameters: as in transformers, the former is used")
        }
        if let base = text.base, let outer = content.ropeBase, base != outer {
            reader.notes.append(
                "config.json has two values of rope_theta: as in transformers, that in \(place) is used")
        }
        guard let slidingBase = architecture.slidingRoPEBase else {
            if let kind = text.layers.keys.sorted().first {
                throw failure("\(place).\(kind)", expected: "the same RoPE in all layers", found: "one of its own")
            }
            let rope = try reader.rope(base: content.ropeBase ?? architecture.defaults.ropeBase)
            return (rope, nil, reader.notes)
        }
        if !isOlder, !text.presentKeys.isEmpty {
            guard !text.layers.isEmpty else {
                throw failure(
                    place, expected: "parameters for each kind of layer", found: "the same ones for all layers")
            }
            let kind = ConfigurationFile.LayerKind.full.rawValue
            reader.enter(text.layers[kind] ?? ConfigurationFile.RoPEText(), kind)
        } else if isOlder, content.ropeParameters?.presentKeys.isEmpty == false {
            throw failure("rope_scaling", expected: "no such key next to \"rope_parameters\"", found: "both")
        }
        let full = try reader.rope(base: content.ropeBase ?? architecture.defaults.ropeBase)
        // Keys that are not nested are those of the other layers only.
        let nested = text.layers[ConfigurationFile.LayerKind.sliding.rawValue] ?? ConfigurationFile.RoPEText()
        reader.enter(nested, ConfigurationFile.LayerKind.sliding.rawValue)
        return (full, try reader.rope(base: content.slidingRoPEBase ?? slidingBase), reader.notes)
    }
}
