import LanguageModels
import TokenDecoding

/// Which layers make the text.
public enum DecodingStrategy: Sendable, Equatable {
    /// All layers, a token at a time.
    case plain
    /// The first layers alone: faster, and another text than the full model's.
    case earlyExit(exitLayer: Int)
    /// The first layers draft, all layers verify: the full model's text, faster where drafts are accepted.
    case selfSpeculative(exitLayer: Int, draftLength: Int)
}

extension TextModel {
    /// A generator with an empty cache for the options' strategy, or the model's own.
    ///
    /// - Throws: ``ExitLayerError`` or ``DecodingError`` if an option is out of range for the model.
    func generator(_ options: GenerationOptions) throws -> Generator<LoadedModel> {
        try options.validate()
        let strategy = options.strategy ?? recommendedStrategy
        return try Generator(
            model, exitLayer: strategy.lastLayer, drafter: strategy.drafter(for: model), sampling: options.sampling,
            acceptance: options.acceptance, cacheFormat: options.cacheFormat)
    }
}

extension DecodingStrategy {
    /// How many layers have the last word; nil for all.
    var lastLayer: Int? {
        if case .earlyExit(let exitLayer) = self { exitLayer } else { nil }
    }

    /// What drafts.
    ///
    /// - Throws: ``ExitLayerError``.
    func drafter(for model: some LanguageModel) throws(ExitLayerError) -> any Drafter {
        switch self {
        case .plain, .earlyExit: NoDrafter()
        case .selfSpeculative(let exitLayer, let draftLength):
            try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
        }
    }
}
