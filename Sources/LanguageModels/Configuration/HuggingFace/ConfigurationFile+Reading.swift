import CheckpointFiles
import TensorCore

extension ConfigurationFile {
    /// Checks a file's values, and fills in transformers' defaults.
    struct Reader {
        let file: String
        let content: ConfigurationFile

        private var architecture: Architecture { content.modelType.architecture }

        // Far above the sizes of any model, and small enough that a product of two cannot overflow.
        private static let sizes = 1...(1 << 24)

        func configuration() throws(CheckpointError) -> HuggingFaceConfiguration {
            try refuseOtherGraphs()
            let width = try checked(.width, content.width, in: Self.sizes)
            let attention = try attention(width: width)
            let contextLength = try checked(
                .contextLength, content.contextLength ?? architecture.defaults.contextLength, in: 1...(1 << 30))
            let rope = try rope(attention, contextLength: contextLength)
            var model = ModelConfiguration(
                architecture: architecture,
                layerCount: try checked(.layerCount, content.layerCount, in: 1...4096),
                width: width,
                feedForwardWidth: try checked(.feedForwardWidth, content.feedForwardWidth, in: Self.sizes),
                attention: attention,
                vocabularySize: try checked(
                    .vocabularySize, content.vocabularySize, in: 1...ModelConfiguration.largestVocabulary),
                contextLength: contextLength,
                normEpsilon: try normEpsilon(),
                rope: rope.full)
            model.slidingRoPE = rope.sliding
            model.biases = biases
            model.multipliers = try multipliers(attention, width: width)
            if architecture.unrotatedInterval != nil { model.unrotatedLayers = try unrotatedLayers(model.layerCount) }
            model.slidingWindow = try slidingWindow(
                layerCount: model.layerCount, unrotatedLayers: model.unrotatedLayers)
            let ends = RowIDs(content.endsOfText, rows: model.vocabularySize, file: file)
            var result = HuggingFaceConfiguration(
                model: model, tiesHead: content.tiesHead ?? architecture.defaults.tiesHead,
                beginningOfText: content.beginningOfText?.number.flatMap { row($0) }, endsOfText: ends.known,
                padding: content.padding?.number, dtype: dtype)
            for note in rope.notes { result.model.notes.add(note) }
            result.notes = ends.notes
            if content.beginningOfText != nil, result.beginningOfText == nil {
                result.notes.append("bos_token_id in config.json is not a token of the model and is ignored")
            }
            if content.padding != nil, result.padding == nil {
                result.notes.append("pad_token_id in config.json is not a token of the model and is ignored")
            }
            return result
        }

        private var plain: String { "a plain \(architecture.name) model" }

        private func multipliers(_ attention: AttentionShape, width: Int) throws(CheckpointError) -> Multipliers {
            func factor(_ key: CodingKeys, _ value: Double?) throws(CheckpointError) -> Float {
                let factor = Float(value ?? 1)
                guard factor.isFinite, factor > 0 else {
                    throw failure(key, expected: "a positive number", found: "\(value ?? 1)")
                }
                return factor
            }
            var multipliers = Multipliers()
            switch architecture.multiplierRule {
            case .none: return multipliers
            case .gemma:
                multipliers.embedding = Float(width).squareRoot()
                multipliers.setAttention(
                    1 / (try factor(.queryScalar, content.queryScalar ?? 256)).squareRoot(), usual: attention.scale)
                return multipliers
            case .stated: break
            }
            multipliers.embedding = try factor(.embeddingMultiplier, content.embeddingMultiplier)
            multipliers.setAttention(
                try factor(.attentionMultiplier, content.attentionMultiplier), usual: attention.scale)
            multipliers.residual = try factor(.residualMultiplier, content.residualMultiplier)
            multipliers.logits = try factor(.logitsScaling, content.logitsScaling)
            return multipliers
        }

        private func unrotatedLayers(_ layerCount: Int) throws(CheckpointError) -> Set<Int> {
            if let rotated = content.rotatedLayers {
                guard rotated.count >= layerCount, rotated.allSatisfy({ $0 == 0 || $0 == 1 }) else {
                    throw failure(
                        .rotatedLayers, expected: "0 or 1 for each of \(layerCount) layers",
                        found: "\(rotated.count) numbers\(rotated.count >= layerCount ? ", one of them another" : "")")
                }
                return Set((0..<layerCount).filter { rotated[$0] == 0 })
            }
            let interval = try checked(
                .unrotatedInterval, content.unrotatedInterval ?? architecture.unrotatedInterval ?? 1, in: Self.sizes)
            return LayerInterval.last(of: interval, in: layerCount)
        }

        private var biases: Architecture.Biases {
            var biases = architecture.biases
            if content.attentionBias == true { biases.formUnion([.attentionInputs, .attentionOutput]) }
            if content.mlpBias == true { biases.formUnion(.feedForward) }
            return biases
        }

        private func refuseOtherGraphs() throws(CheckpointError) {
            let isGemma = architecture.activation == .gelu
            let activation = isGemma ? content.gemmaActivation : content.activation
            let expected = architecture.activation.nameInConfiguration
            if let activation, activation != expected {
                throw failure(
                    isGemma ? .gemmaActivation : .activation, expected: expected.quoted, found: activation.quoted)
            }
            for (key, cap) in [(CodingKeys.logitSoftcap, content.logitSoftcap), (.scoreSoftcap, content.scoreSoftcap)] {
                if let cap { throw failure(key, expected: "null (\(plain))", found: "\(cap)") }
            }
            if content.isBidirectional == true {
                throw failure(.isBidirectional, expected: "false (a model that generates text)", found: "true")
            }
            for (key, bias, biases) in [
                (CodingKeys.attentionBias, content.attentionBias, Architecture.Biases.attentionInputs),
                (.mlpBias, content.mlpBias, .feedForward),
            ] where bias == true && !architecture.optionalBiases.contains(biases) {
                throw failure(key, expected: "false (\(plain))", found: "true")
            }
            if case .none = architecture.windowRule, content.usesSlidingWindow == true {
                throw failure(.usesSlidingWindow, expected: "false (\(plain))", found: "true")
            }
        }

        private func attention(width: Int) throws(CheckpointError) -> AttentionShape {
            let defaults = architecture.defaults
            let heads = try checked(.heads, content.heads, in: Self.sizes)
            let keyValueHeads = try checked(
                .keyValueHeads, content.keyValueHeads.resolved(standard: defaults.keyValueHeads) ?? heads,
                in: 1...heads)
            let headDimension = try (content.headDimension ?? defaults.headDimension).map {
                (size) throws(CheckpointError) in
                try checked(.headDimension, size, in: 2...AttentionShape.largestHead)
            }
            return try AttentionShape.checked(
                heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension, width: width
            ) { field, expected, found in
                let key: CodingKeys =
                    switch field {
                    case .heads: .heads
                    case .keyValueHeads: .keyValueHeads
                    case .headDimension: .headDimension
                    }
                return failure(key, expected: expected, found: found)
            }
        }

        private func normEpsilon() throws(CheckpointError) -> Float {
            let value = content.normEpsilon ?? architecture.defaults.normEpsilon
            // Zero, or a number that f32 rounds to zero, would turn a row of zeros into NaN.
            guard Float(value) > 0, value < 1 else {
                throw failure(.normEpsilon, expected: "a number above 0 and below 1", found: "\(value)")
            }
            return Float(value)
        }

        private func row(_ id: Int) -> Token? { (0..<content.vocabularySize).contains(id) ? Token(id) : nil }

        private var dtype: DType {
            switch content.newerDtype ?? content.dtype {
            case "bfloat16": .bf16
            case "float16": .f16
            default: .f32
            }
        }

        func checked(_ key: CodingKeys, _ value: Int, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
            guard range.contains(value) else {
                throw failure(
                    key, expected: "an integer in \(range.lowerBound)...\(range.upperBound)", found: "\(value)")
            }
            return value
        }

        func failure(_ key: CodingKeys, expected: String, found: String) -> CheckpointError {
            failure(key.rawValue, expected: expected, found: found)
        }

        func failure(_ key: String, expected: String, found: String) -> CheckpointError {
            CheckpointError(file: file, name: "key \(key.quoted)", expected: expected, found: found)
        }
    }
}

extension GatedActivation {
    /// The name in `config.json`.
    var nameInConfiguration: String {
        switch self {
        case .silu: "silu"
        case .gelu: "gelu_pytorch_tanh"
        }
    }
}
