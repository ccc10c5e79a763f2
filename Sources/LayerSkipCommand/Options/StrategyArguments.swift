public import ArgumentParser
public import LayerSkip

/// Options for the decoding strategy.
struct StrategyArguments: ParsableArguments {
    @Option(
        help: """
            auto verifies the drafts that pay most by measured cost: from earlier text (lookup), the model's exit \
            layers, both (cascade), or a low-bit copy; \
            plain runs all layers without drafts, early-exit only the first ones; self-speculative always drafts with \
            the first ones (default: auto, or self-speculative with one --exit-layer or --draft-length).
            """)
    var strategy: DecodingStrategy.Name?

    @Option(
        parsing: .unconditional,
        help: """
            Number of layers that run before the early exit (default: the model's setting; without one, auto drafts \
            only by lookup and a low-bit copy, and the other strategies exit after a quarter of all layers). With auto, and with \
            --confidence or --entropy, there may be several, comma-separated.
            """)
    var exitLayer: CommaSeparated<Int>?

    @Option(
        parsing: .unconditional,
        help: """
            Number of tokens drafted per round (default: the model's setting, or \
            \(SpeculationSetting.defaultDraftLength)).
            """)
    var draftLength: Int?

    @OptionGroup var threshold: ExitThresholdArguments
    @OptionGroup var drafting: DraftingArguments

    /// What the model gets for drafts when it is loaded. With rejections, only a requested copy drafts.
    func loadedDrafting(_ acceptance: Acceptance) -> DraftingOptions {
        var options = drafting.options(isUsed: name == .auto)
        if acceptance == .rejection, options.lowBit == .automatic { options.lowBit = .none }
        return options
    }

    /// The strategy that is given, or meant by a given setting.
    private var name: DecodingStrategy.Name {
        strategy ?? (exitLayer?.values.count == 1 || draftLength != nil ? .selfSpeculative : .auto)
    }

    func validate() throws {
        try drafting.check(usesLowBit: name == .auto, usesVocabulary: name == .auto || name == .selfSpeculative)
        if strategy == .plain, exitLayer != nil {
            throw ValidationError("--exit-layer: expected --strategy auto, early-exit or self-speculative with it")
        }
        if let strategy, strategy != .selfSpeculative, draftLength != nil {
            throw ValidationError("--draft-length: expected --strategy self-speculative with it")
        }
        try threshold.check(isEarlyExit: strategy == .earlyExit)
        if let exitLayer, exitLayer.values.count != 1, name != .auto, threshold.threshold == nil {
            throw ValidationError(
                "--exit-layer: expected one layer with --strategy \(name.rawValue), found \(exitLayer.values.count)")
        }
        var options = GenerationOptions()
        for exitLayer in exitLayer?.values ?? [1] {
            options.strategy = .selfSpeculative(
                SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength ?? 0))
            try checkUsage(options.validate)
        }
    }

    /// The strategy that these options select. Says on standard error if a published setting is used.
    func strategy(for model: TextModel) -> DecodingStrategy {
        // A setting published for another model of this shape is used only if a strategy needs one.
        if name == .auto ? model.summary.published?.isNamed == true : name != .plain {
            model.notePublished(
                exitLayer: exitLayer, draftLength: name == .selfSpeculative ? draftLength : 0,
                options: "--exit-layer, --draft-length or --strategy plain")
        }
        let setting = model.speculation(exitLayer: exitLayer?.values.first, draftLength: draftLength)
        switch name {
        case .auto:
            let strategy = model.autoStrategy(exitLayers: exitLayer?.values)
            drafting.noteUnused(by: [strategy], of: model)
            return strategy
        case .plain: return .plain
        case .earlyExit: return threshold.strategy(exitLayers: exitLayer?.values ?? model.exits(or: setting))
        case .selfSpeculative: return .selfSpeculative(setting)
        }
    }
}

extension DecodingStrategy.Name: ExpressibleByArgument {}
