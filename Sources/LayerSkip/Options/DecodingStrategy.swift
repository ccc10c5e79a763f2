import LanguageModels
public import TokenDecoding

/// The decoding strategy: which layers generate the text.
public enum DecodingStrategy: Sendable, Equatable {
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
        case .plain: break
        case .earlyExit(let exitLayer): try SpeculationSetting.check(exitLayer: exitLayer)
        case .selfSpeculative(let setting): try setting.validate()
        }
    }

    /// The number of layers that determine the text; nil for all.
    var textLayerCount: Int? {
        switch self {
        case .plain, .selfSpeculative: nil
        case .earlyExit(let exitLayer): exitLayer
        }
    }

    /// Creates the drafter.
    ///
    /// - Throws: ``ExitLayerError``.
    func drafter(for model: some LanguageModel) throws(ExitLayerError) -> any Drafter {
        switch self {
        case .plain, .earlyExit: NoDrafter()
        case .selfSpeculative(let setting):
            try EarlyExitDrafter(exitLayer: setting.exitLayer, draftLength: setting.draftLength, for: model)
        }
    }
}
