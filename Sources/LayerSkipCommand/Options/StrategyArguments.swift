import ArgumentParser
import LayerSkip

/// Which layers make the text.
struct StrategyArguments: ParsableArguments {
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case plain
        case earlyExit = "early-exit"
        case selfSpeculative = "self-speculative"
    }

    @Option(help: "All layers, the first ones alone, or drafts by the first that all verify.")
    var strategy: Name = .plain

    @Option(parsing: .unconditional, help: "How many layers run before the early exit (default: a quarter of them).")
    var exitLayer: Int?

    @Option(
        parsing: .unconditional,
        help: "How many tokens are drafted a round (default: \(GenerationOptions.defaultDraftLength)).")
    var draftLength: Int?

    func validate() throws {
        if strategy == .plain, exitLayer != nil {
            throw ValidationError("--exit-layer: expected --strategy early-exit or self-speculative beside it")
        }
        if strategy != .selfSpeculative, draftLength != nil {
            throw ValidationError("--draft-length: expected --strategy self-speculative beside it")
        }
        var options = GenerationOptions()
        options.strategy = .selfSpeculative(exitLayer: exitLayer ?? 1, draftLength: draftLength ?? 0)
        try checkUsage(options.validate)
    }

    func strategy(for model: TextModel) -> DecodingStrategy {
        let exitLayer = exitLayer ?? max(1, model.model.layerCount / 4)
        switch strategy {
        case .plain: return .plain
        case .earlyExit: return .earlyExit(exitLayer: exitLayer)
        case .selfSpeculative:
            return .selfSpeculative(
                exitLayer: exitLayer, draftLength: draftLength ?? GenerationOptions.defaultDraftLength)
        }
    }
}
