public import ArgumentParser
public import LayerSkip

/// Options for the decoding strategy.
struct StrategyArguments: ParsableArguments {
    @Option(
        help: """
            auto verifies the drafts that pay most by measured cost, from earlier text or the model's exit layer; \
            plain runs all layers without drafts, early-exit only the first ones; self-speculative always drafts with \
            the first ones (default: auto, or self-speculative with --exit-layer or --draft-length).
            """)
    var strategy: DecodingStrategy.Name?

    @Option(
        parsing: .unconditional,
        help: """
            Number of layers that run before the early exit (default: the model's setting; without one, auto only \
            looks up earlier text, and the other strategies exit after a quarter of all layers).
            """)
    var exitLayer: Int?

    @Option(
        parsing: .unconditional,
        help: """
            Number of tokens drafted per round (default: the model's setting, or \
            \(SpeculationSetting.defaultDraftLength)).
            """)
    var draftLength: Int?

    @OptionGroup var drafting: DraftingArguments

    /// What the model gets for drafts when it is loaded.
    var loadedDrafting: DraftingOptions { drafting.options(isUsed: name == .auto) }

    /// The strategy that is given, or meant by a given setting.
    private var name: DecodingStrategy.Name {
        strategy ?? (exitLayer != nil || draftLength != nil ? .selfSpeculative : .auto)
    }

    func validate() throws {
        try drafting.check(usesLowBit: name == .auto, usesVocabulary: name == .auto || name == .selfSpeculative)
        if strategy == .plain, exitLayer != nil {
            throw ValidationError("--exit-layer: expected --strategy auto, early-exit or self-speculative with it")
        }
        if let strategy, strategy != .selfSpeculative, draftLength != nil {
            throw ValidationError("--draft-length: expected --strategy self-speculative with it")
        }
        var options = GenerationOptions()
        options.strategy = .selfSpeculative(
            SpeculationSetting(exitLayer: exitLayer ?? 1, draftLength: draftLength ?? 0))
        try checkUsage(options.validate)
    }

    /// The strategy that these options select. Says on standard error if a published setting is used.
    func strategy(for model: TextModel) -> DecodingStrategy {
        // A setting published for another model of this shape is used only if a strategy needs one.
        if name == .auto ? model.summary.published?.isNamed == true : name != .plain {
            model.notePublished(
                exitLayer: exitLayer, draftLength: name == .selfSpeculative ? draftLength : 0,
                options: "--exit-layer, --draft-length or --strategy plain")
        }
        let setting = model.speculation(exitLayer: exitLayer, draftLength: draftLength)
        switch name {
        case .auto: return model.autoStrategy(exitLayer: exitLayer)
        case .plain: return .plain
        case .earlyExit: return .earlyExit(exitLayer: setting.exitLayer)
        case .selfSpeculative: return .selfSpeculative(setting)
        }
    }
}

extension DecodingStrategy.Name: ExpressibleByArgument {}
