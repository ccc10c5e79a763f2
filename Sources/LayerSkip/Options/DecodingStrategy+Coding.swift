import TokenDecoding

/// A strategy is coded as its name, with its settings beside it: `{"name": "self-speculative", "exitLayer": 3,
/// "draftLength": 6}`. Approximate decoding is early exit with a confidence or an entropy: `{"name": "early-exit",
/// "exitLayers": [3, 5], "confidence": 0.9}`.
extension DecodingStrategy: Codable {
    /// The name of a strategy, in JSON and on the command line.
    public enum Name: String, Sendable, Codable, CaseIterable {
        /// ``DecodingStrategy/auto(exitLayers:)``.
        case auto
        /// ``DecodingStrategy/plain``.
        case plain
        /// ``DecodingStrategy/earlyExit(exitLayer:)``, and with a threshold ``DecodingStrategy/approximate(_:)``.
        case earlyExit = "early-exit"
        /// ``DecodingStrategy/selfSpeculative(_:)``.
        case selfSpeculative = "self-speculative"
    }

    private enum CodingKeys: String, CodingKey { case name, exitLayer, exitLayers, draftLength, confidence, entropy }

    /// Decodes a strategy. Self-speculation without a draft length has the default one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func exitLayer() throws -> Int { try container.decode(Int.self, forKey: .exitLayer) }
        /// A list, or a single exit layer.
        func exitLayers() throws -> [Int] {
            try container.decodeIfPresent([Int].self, forKey: .exitLayers)
                ?? container.decodeIfPresent(Int.self, forKey: .exitLayer).map { [$0] } ?? []
        }
        switch try container.decode(Name.self, forKey: .name) {
        case .auto: self = .auto(exitLayers: try exitLayers())
        case .plain: self = .plain
        case .earlyExit:
            if let least = try container.decodeIfPresent(Double.self, forKey: .confidence) {
                self = .approximate(ExitRule(exitLayers: try exitLayers(), threshold: .confidence(least)))
            } else if let most = try container.decodeIfPresent(Double.self, forKey: .entropy) {
                self = .approximate(ExitRule(exitLayers: try exitLayers(), threshold: .entropy(most)))
            } else {
                self = .earlyExit(exitLayer: try exitLayer())
            }
        case .selfSpeculative:
            let length = try container.decodeIfPresent(Int.self, forKey: .draftLength)
            self = .selfSpeculative(
                SpeculationSetting(
                    exitLayer: try exitLayer(), draftLength: length ?? SpeculationSetting.defaultDraftLength))
        }
    }

    /// Encodes the name, and what belongs to it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        switch self {
        case .plain: break
        case .auto(let exitLayers):
            if exitLayers.count < 2 {
                try container.encodeIfPresent(exitLayers.first, forKey: .exitLayer)
            } else {
                try container.encode(exitLayers, forKey: .exitLayers)
            }
        case .earlyExit(let exitLayer): try container.encode(exitLayer, forKey: .exitLayer)
        case .approximate(let rule):
            try container.encode(rule.exitLayers, forKey: .exitLayers)
            switch rule.threshold {
            case .confidence(let least): try container.encode(least, forKey: .confidence)
            case .entropy(let most): try container.encode(most, forKey: .entropy)
            }
        case .selfSpeculative(let setting):
            try container.encode(setting.exitLayer, forKey: .exitLayer)
            try container.encode(setting.draftLength, forKey: .draftLength)
        }
    }
}
