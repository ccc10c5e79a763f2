package import LanguageModels
public import TokenDecoding

/// The decoding strategy: which layers generate the text.
public enum DecodingStrategy: Sendable, Equatable {
    /// The full model's text. Each round verifies the draft with the most expected tokens per second according to
    /// measured costs: from earlier text, from the first `exitLayer` layers if the model has an exit for drafts, from a
    /// copy of the weights in smaller formats if one was loaded, or none.
    case auto(exitLayer: Int?)
    /// All layers, one token at a time.
    case plain
    /// Only the first layers: faster, but a different text than the full model's.
    case earlyExit(exitLayer: Int)
    /// The first layers draft and all layers verify: the full model's text, faster if enough drafts are accepted.
    case selfSpeculative(SpeculationSetting)
}

extension DecodingStrategy {
    /// Throws if the strategy is invalid for every model.
    func validate() throws(GenerationError) {
        switch self {
        case .plain, .auto(nil): break
        case .auto(let exitLayer?): try SpeculationSetting.check(exitLayer: exitLayer)
        case .earlyExit(let exitLayer): try SpeculationSetting.check(exitLayer: exitLayer)
        case .selfSpeculative(let setting): try setting.validate()
        }
    }

    /// The number of layers that determine the text; nil for all.
    package var textLayerCount: Int? {
        switch self {
        case .auto, .plain, .selfSpeculative: nil
        case .earlyExit(let exitLayer): exitLayer
        }
    }

    /// The number of layers that may draft; nil if none do.
    package var draftingExitLayer: Int? {
        switch self {
        case .plain, .earlyExit: nil
        case .auto(let exitLayer): exitLayer
        case .selfSpeculative(let setting): setting.exitLayer
        }
    }

    /// Whether drafts may be from earlier text.
    package var looksUp: Bool {
        if case .auto = self { true } else { false }
    }

    /// The drafter's settings in words; nil without drafts.
    package func draftingDescription(layerCount: Int) -> String? {
        switch self {
        case .plain, .earlyExit: nil
        case .auto(nil): "drafts by lookup"
        case .auto(let exitLayer?): "drafts by lookup or exit layer \(exitLayer) of \(layerCount)"
        case .selfSpeculative(let setting):
            "exit layer \(setting.exitLayer) of \(layerCount) · draft length \(setting.draftLength)"
        }
    }

    /// Creates the drafter.
    ///
    /// - Parameter parts: what drafts can run besides the model's layers and head.
    /// - Throws: ``ExitLayerError``.
    package func drafter<Model: LanguageModel>(
        for model: Model, parts: DraftParts<Model> = DraftParts()
    ) throws(ExitLayerError) -> any Drafter {
        switch self {
        case .plain, .earlyExit: NoDrafter()
        case .auto(let exitLayer): try AutoDrafter(exitLayer: exitLayer, for: model, parts: parts)
        case .selfSpeculative(let setting):
            try EarlyExitDrafter(
                exitLayer: setting.exitLayer, draftLength: setting.draftLength,
                usesDraftVocabulary: parts.vocabulary != nil, for: model)
        }
    }
}

/// A strategy is coded as its name, with its exit layer and draft length beside it:
/// `{"name": "self-speculative", "exitLayer": 3, "draftLength": 6}`.
extension DecodingStrategy: Codable {
    /// The name of a strategy, in JSON and on the command line.
    public enum Name: String, Sendable, Codable, CaseIterable {
        /// ``DecodingStrategy/auto(exitLayer:)``.
        case auto
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
        case .auto: self = .auto(exitLayer: try container.decodeIfPresent(Int.self, forKey: .exitLayer))
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
        case .auto(let exitLayer):
            try container.encode(Name.auto, forKey: .name)
            try container.encodeIfPresent(exitLayer, forKey: .exitLayer)
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
