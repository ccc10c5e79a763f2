public import ArgumentParser
public import LayerSkip

/// Options for the decoding strategy.
struct StrategyArguments: ParsableArguments {
    @Option(
        help: """
            plain runs all layers, early-exit only the first ones; self-speculative drafts with the first ones and \
            verifies with all (default: self-speculative if the model's metadata, its name as a published LayerSkip \
            checkpoint or these options configure it, otherwise plain).
            """)
    var strategy: DecodingStrategy.Name?

    @Option(
        parsing: .unconditional,
        help: """
            Number of layers that run before the early exit (default: the model's setting, or a quarter of all layers).
            """)
    var exitLayer: Int?

    @Option(
        parsing: .unconditional,
        help: """
            Number of tokens drafted per round (default: the model's setting, or \
            \(SpeculationSetting.defaultDraftLength)).
            """)
    var draftLength: Int?

    func validate() throws {
        if strategy == .plain, exitLayer != nil {
            throw ValidationError("--exit-layer: expected --strategy early-exit or self-speculative with it")
        }
        if let strategy, strategy != .selfSpeculative, draftLength != nil {
            throw ValidationError("--draft-length: expected --strategy self-speculative with it")
        }
        var options = GenerationOptions()
        options.strategy = .selfSpeculative(
            SpeculationSetting(exitLayer: exitLayer ?? 1, draftLength: draftLength ?? 0))
        try checkUsage(options.validate)
    }

    /// The strategy that these options select; nil without options, which leaves the choice to the model. Says on
    /// standard error if a published setting is used.
    func strategy(for model: TextModel) -> DecodingStrategy? {
        let isGiven = strategy != nil || exitLayer != nil || draftLength != nil
        if isGiven ? strategy != .plain : model.summary.published?.isNamed == true {
            model.notePublished(
                exitLayer: exitLayer, draftLength: strategy == .earlyExit ? 0 : draftLength,
                options: "--exit-layer, --draft-length or --strategy plain")
        }
        guard isGiven else { return nil }
        let setting = model.speculation(exitLayer: exitLayer, draftLength: draftLength)
        switch strategy ?? .selfSpeculative {
        case .plain: return .plain
        case .earlyExit: return .earlyExit(exitLayer: setting.exitLayer)
        case .selfSpeculative: return .selfSpeculative(setting)
        }
    }
}

extension DecodingStrategy.Name: ExpressibleByArgument {}
