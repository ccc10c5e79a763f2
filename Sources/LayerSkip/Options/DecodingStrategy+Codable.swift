import TokenDecoding

/// A strategy is coded as its name, with its exit layer and draft length beside it:
/// `{"name": "self-speculative", "exitLayer": 3, "draftLength": 6}`.
extension DecodingStrategy: Codable {
    /// The name of a strategy, in JSON and on the command line.
    public enum Name: String, Sendable, Codable, CaseIterable {
        /// ``DecodingStrategy/plain``.
        case plain
        /// ``DecodingStrategy/earlyExit(exitLayer:)``.
        case earlyExit = "early-exit"
        /// ``DecodingStrategy/selfSpeculative(_:)``.
        case selfSpeculative = "self-speculative"
    }

    private enum CodingKeys: String, CodingKey { case name, exitLayer, draftLength }

    /// Decodes a strategy. Self-speculation without a draft length has the default one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func exitLayer() throws -> Int { try container.decode(Int.self, forKey: .exitLayer) }
        switch try container.decode(Name.self, forKey: .name) {
        case .plain: self = .plain
        case .earlyExit: self = .earlyExit(exitLayer: try exitLayer())
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
        switch self {
        case .plain: try container.encode(Name.plain, forKey: .name)
        case .earlyExit(let exitLayer):
            try container.encode(Name.earlyExit, forKey: .name)
            try container.encode(exitLayer, forKey: .exitLayer)
        case .selfSpeculative(let setting):
            try container.encode(Name.selfSpeculative, forKey: .name)
            try container.encode(setting.exitLayer, forKey: .exitLayer)
            try container.encode(setting.draftLength, forKey: .draftLength)
        }
    }
}
