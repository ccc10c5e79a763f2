package import LanguageModels
public import TokenDecoding

/// The decoding strategy: which layers generate the text.
public enum DecodingStrategy: Sendable, Equatable {
    /// The full model's text. Each round verifies the draft with the most expected tokens per second according to
    /// measured costs: from earlier text, from the first layers up to one of the exits if there are any, from a
    /// copy of the weights in smaller formats if one was loaded, or none.
    case auto(exitLayers: [Int])
    /// All layers, one token at a time.
    case plain
    /// Only the first layers: faster, but a different text than the full model's.
    case earlyExit(exitLayer: Int)
    /// As many layers for each token as it needs to reach an exit that is sure enough: an approximation of the full
    /// model's text. The keys and values of skipped layers are computed, in batches, before a later token reads them.
    case approximate(ExitRule)
    /// The first layers draft and all layers verify: the full model's text, faster if enough drafts are accepted.
    case selfSpeculative(SpeculationSetting)
}

extension DecodingStrategy {
    /// Throws if the strategy is invalid for every model.
    func validate() throws(GenerationError) {
        switch self {
        case .plain: break
        case .auto(let exitLayers):
            for exitLayer in exitLayers { try SpeculationSetting.check(exitLayer: exitLayer) }
        case .approximate(let rule): try rule.validate()
        case .earlyExit(let exitLayer): try SpeculationSetting.check(exitLayer: exitLayer)
        case .selfSpeculative(let setting): try setting.validate()
        }
    }

    /// Whether the text is the full model's.
    package var isExact: Bool {
        switch self {
        case .auto, .plain, .selfSpeculative: true
        case .earlyExit, .approximate: false
        }
    }

    /// The number of layers that determine the text; nil for all.
    package var textLayerCount: Int? {
        if case .earlyExit(let exitLayer) = self { exitLayer } else { nil }
    }

    /// Where tokens leave these layers early; nil if none do.
    package var exitRule: ExitRule? {
        if case .approximate(let rule) = self { rule } else { nil }
    }

    /// The numbers of layers that may draft.
    package var draftingExitLayers: [Int] {
        switch self {
        case .plain, .earlyExit, .approximate: []
        case .auto(let exitLayers): exitLayers
        case .selfSpeculative(let setting): [setting.exitLayer]
        }
    }

    /// Whether drafts are from several sources, of which earlier text may be one.
    package var choosesSource: Bool {
        if case .auto = self { true } else { false }
    }

    /// The drafter's settings in words; nil without drafts.
    ///
    /// - Parameter sources: those that drafted.
    package func draftingDescription(layerCount: Int, sources: Set<DraftSource>) -> String? {
        switch self {
        case .plain, .earlyExit, .approximate: return nil
        case .auto(let exitLayers):
            var names: [String] = []
            if !sources.isDisjoint(with: [.lookup, .cascade]) { names.append("lookup") }
            if !exitLayers.isEmpty {
                names.append(
                    "exit layer \(exitLayers.map(\.description).joined(separator: " or ")) of \(layerCount)")
            }
            if sources.contains(.lowBit) { names.append("low-bit copy") }
            return names.isEmpty ? "no drafts" : "drafts by \(names.joined(separator: " or "))"
        case .selfSpeculative(let setting):
            return "exit layer \(setting.exitLayer) of \(layerCount) · draft length \(setting.draftLength)"
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
        case .plain, .earlyExit, .approximate: NoDrafter()
        case .auto(let exitLayers): try AutoDrafter(exitLayers: exitLayers, for: model, parts: parts)
        case .selfSpeculative(let setting):
            try EarlyExitDrafter(
                exitLayer: setting.exitLayer, draftLength: setting.draftLength,
                usesDraftVocabulary: parts.vocabulary != nil, for: model)
        }
    }
}
