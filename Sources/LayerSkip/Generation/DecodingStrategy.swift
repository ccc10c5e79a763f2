import LanguageModels
public import TokenDecoding

/// Which layers make the text.
public enum DecodingStrategy: Sendable, Equatable {
    /// All layers, a token at a time.
    case plain
    /// The first layers alone: faster, and another text than the full model's.
    case earlyExit(exitLayer: Int)
    /// The first layers draft, all layers verify: the full model's text, faster where drafts are accepted.
    case selfSpeculative(SpeculationSetting)
}

extension TextModel {
    /// A generator with an empty cache for the options' strategy, or the model's own.
    ///
    /// - Throws: ``ExitLayerError`` or ``DecodingError`` if an option is out of range for the model.
    func generator(_ options: GenerationOptions) throws -> Generator<LoadedModel> {
        let strategy = try strategy(options)
        return try Generator(
            model, exitLayer: strategy.lastLayer, drafter: strategy.drafter(for: model), sampling: options.sampling,
            acceptance: options.acceptance, cacheFormat: options.cacheFormat)
    }

    /// An empty text for the options' strategy, or the model's own, which an engine steps with others.
    ///
    /// - Throws: ``ExitLayerError`` or ``DecodingError`` if an option is out of range for the model.
    func text(of engine: borrowing Engine<LoadedModel>, _ options: GenerationOptions) throws -> TokenStream {
        let strategy = try strategy(options)
        return try engine.makeText(
            exitLayer: strategy.lastLayer, drafter: strategy.drafter(for: model), sampling: options.sampling,
            acceptance: options.acceptance)
    }

    private func strategy(_ options: GenerationOptions) throws(DecodingError) -> DecodingStrategy {
        try options.validate()
        return options.strategy ?? recommendedStrategy
    }
}

extension DecodingStrategy {
    /// Throws if it has no meaning for any model.
    func validate() throws(DecodingError) {
        switch self {
        case .plain: break
        case .earlyExit(let exitLayer): try SpeculationSetting.check(exitLayer: exitLayer)
        case .selfSpeculative(let setting): try setting.validate()
        }
    }

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
        case .selfSpeculative(let setting):
            try EarlyExitDrafter(exitLayer: setting.exitLayer, draftLength: setting.draftLength, for: model)
        }
    }
}
