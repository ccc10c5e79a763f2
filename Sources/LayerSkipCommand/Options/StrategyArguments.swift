public import ArgumentParser
public import LayerSkip

/// Which layers make the text.
struct StrategyArguments: ParsableArguments {
    @Option(
        help: """
            All layers, the first ones alone, or drafts by the first ones that all layers verify (default: \
            self-speculative if the model's metadata or these options configure it, otherwise plain).
            """)
    var strategy: DecodingStrategy.Name?

    @Option(
        parsing: .unconditional,
        help: "How many layers run before the early exit (default: what the model says, or a quarter of them).")
    var exitLayer: Int?

    @Option(
        parsing: .unconditional,
        help: """
            How many tokens are drafted per round (default: what the model says, or \
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

    /// What was asked for; nil where nothing was, and the model's own strategy is to be taken.
    func strategy(for model: TextModel) -> DecodingStrategy? {
        guard strategy != nil || exitLayer != nil || draftLength != nil else { return nil }
        let setting = model.speculation(exitLayer: exitLayer, draftLength: draftLength)
        switch strategy ?? .selfSpeculative {
        case .plain: return .plain
        case .earlyExit: return .earlyExit(exitLayer: setting.exitLayer)
        case .selfSpeculative: return .selfSpeculative(setting)
        }
    }
}

extension DecodingStrategy.Name: ExpressibleByArgument {}
