extension Architecture {
    /// The keys of `config.json` that only other architectures read, apart from those without effect when they are off.
    var otherKeys: [ConfigurationFile.CodingKeys] {
        var keys: [ConfigurationFile.CodingKeys] = []
        if multiplierRule != .stated {
            keys += [.embeddingMultiplier, .attentionMultiplier, .residualMultiplier, .logitsScaling]
        }
        if multiplierRule != .gemma { keys += [.queryScalar] }
        if windowRule == .none { keys += [.slidingWindow] }
        if unrotatedInterval == nil { keys += [.rotatedLayers, .unrotatedInterval] }
        if slidingRoPEBase == nil { keys += [.slidingRoPEBase, .slidingWindowPattern] }
        return keys
    }

    /// The keys of GGUF files that only other architectures read, without the name of the architecture.
    var otherGGUFKeys: [String] {
        var keys: [String] = []
        if multiplierRule != .stated { keys += ["embedding_scale", "residual_scale", "logit_scale"] }
        if multiplierRule == .none { keys += ["attention.scale"] }
        if windowRule == .none { keys += [SlidingWindow.ggufPatternKey] }
        if unrotatedInterval == nil { keys += ["rope.rotated_layers"] }
        if slidingRoPEBase == nil { keys += ["rope.freq_base_swa"] }
        return keys
    }
}
