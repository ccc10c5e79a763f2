import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// Creates the file of a configuration, with the keys of transformers 4, which version 5 also reads, where they
    /// suffice.
    ///
    /// - Throws: if RoPE's divisors come from a GGUF file's `rope_freqs.weight` and do not follow Llama 3's rule.
    init(_ configuration: HuggingFaceConfiguration, path: String) throws(CheckpointError) {
        let model = configuration.model
        let architecture = model.architecture
        architectures = [architecture.className]
        modelType = ModelType(architecture)
        vocabularySize = model.vocabularySize
        width = model.width
        feedForwardWidth = model.feedForwardWidth
        layerCount = model.layerCount
        heads = model.attention.heads
        keyValueHeads = .value(model.attention.keyValueHeads)
        headDimension = model.attention.headDimension
        contextLength = model.contextLength
        normEpsilon = model.normEpsilon.decimal
        if architecture.activation == .gelu {
            gemmaActivation = architecture.activation.nameInConfiguration
        } else {
            activation = architecture.activation.nameInConfiguration
        }
        try writeRoPE(of: model, path: path)
        tiesHead = configuration.tiesHead
        // Architectures that always have biases have no key for them. The key of the others is for all projections.
        let both: Architecture.Biases = [.attentionInputs, .attentionOutput]
        let attentionBiases = model.biases.intersection(both)
        guard architecture.optionalBiases.isEmpty || attentionBiases.isEmpty || attentionBiases == both else {
            throw CheckpointError(
                file: path, name: "key \"attention_bias\"",
                expected: "biases in all projections of attention or in none; a GGUF file can have some",
                found: "biases in some")
        }
        attentionBias = architecture.optionalBiases.isEmpty ? nil : model.biases.contains(.attentionInputs)
        write(model.slidingWindow, of: model)
        write(model.multipliers, of: model)
        if architecture.unrotatedInterval != nil {
            rotatedLayers = (0..<model.layerCount).map { model.unrotatedLayers.contains($0) ? 0 : 1 }
        }
        if architecture.optionalBiases.contains(.feedForward) { mlpBias = model.biases.contains(.feedForward) }
        beginningOfText = configuration.beginningOfText.map { LooseID(Int($0)) }
        endsOfText = OneOrMany(configuration.endsOfText.map { Int($0) })
        padding = configuration.padding.map { LooseID($0) }
        dtype =
            switch configuration.dtype {
            case .bf16: "bfloat16"
            case .f16: "float16"
            default: "float32"
            }
    }

    private mutating func write(_ multipliers: Multipliers, of model: ModelConfiguration) {
        let attention = multipliers.attention ?? model.attention.scale
        switch model.architecture.multiplierRule {
        case .none: break
        case .stated:
            embeddingMultiplier = multipliers.embedding.decimal
            attentionMultiplier = attention.decimal
            residualMultiplier = multipliers.residual.decimal
            logitsScaling = multipliers.logits.decimal
        case .gemma:
            // An integer in all known models, and in transformers; otherwise the nearest number that gives the factor.
            let exact = Float(1 / (Double(attention) * Double(attention)))
            let near = [
                exact.rounded(), exact, exact.nextUp, exact.nextDown, exact.nextUp.nextUp, exact.nextDown.nextDown,
            ]
            queryScalar = (near.first { 1 / $0.squareRoot() == attention } ?? exact).decimal
        }
    }

    private mutating func write(_ window: SlidingWindow?, of model: ModelConfiguration) {
        func listLayers() {
            layerTypes = (0..<model.layerCount).map { layer in
                (window?.layers.contains(layer) == true ? LayerKind.sliding : .full).rawValue
            }
        }
        switch model.architecture.windowRule {
        case .none: return
        case .allLayers:
            slidingWindow = window.map { .value($0.size) } ?? .null
            if let window, window.layers.count < model.layerCount { listLayers() }
        case .fromLayer, .unrotatedLayers:
            usesSlidingWindow = window != nil
            guard let window else { return }
            slidingWindow = .value(window.size)
            listLayers()
        case .pattern:
            if let window { slidingWindow = .value(window.size) }
            listLayers()
        }
    }
}

extension Float {
    /// The double of the shortest decimal that gives this number: 1e-05, not the exact value of that f32.
    var decimal: Double { Double("\(self)") ?? Double(self) }
}
