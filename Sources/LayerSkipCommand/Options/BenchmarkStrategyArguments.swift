import ArgumentParser
import LayerSkip

/// Options for the strategies that a benchmark compares with plain decoding.
struct BenchmarkStrategyArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Strategies that take turns, comma-separated: \(allNames); plain always runs (default: all, with --replay \
            without early-exit, and without an exit layer only plain and auto).
            """, valueName: "names"),
        transform: strategyNames)
    var strategy: [DecodingStrategy.Name]?

    @Option(
        parsing: .unconditional,
        help: """
            Number of layers that run before the early exit (default: the model's setting). If there are several, \
            comma-separated, auto and early-exit with a threshold choose among them, and the first one is that of the \
            other strategies.
            """)
    var exitLayer: CommaSeparated<Int>?

    @Flag(
        name: .customLong("each-exit"), help: "Measure auto and self-speculative with each of several exits alone, too."
    )
    var measuresEachExit = false

    @Option(parsing: .unconditional, help: "Number of tokens drafted per round (default: the model's setting).")
    var draftLength: Int?

    @OptionGroup var threshold: ExitThresholdArguments
    @OptionGroup var drafting: DraftingArguments

    /// What the model gets for drafts when it is loaded.
    var loadedDrafting: DraftingOptions { drafting.options(isUsed: strategy?.contains(.auto) ?? true) }

    /// The names of all strategies that run, plain first.
    ///
    /// - Parameters:
    ///   - isReplay: whether texts are replayed, which early exit would not write.
    ///   - hasExit: whether the model has an exit layer; one that is given counts as well.
    func names(isReplay: Bool, hasExit: Bool) -> [DecodingStrategy.Name] {
        var standard: [DecodingStrategy.Name] = [.auto]
        if hasExit || exitLayer != nil || draftLength != nil {
            standard = (isReplay && threshold.threshold == nil ? [] : [.earlyExit]) + [.selfSpeculative, .auto]
        }
        return [.plain] + (strategy ?? standard).filter { $0 != .plain }
    }

    /// Throws a usage error if early exit is to replay texts, or if no strategy uses a given option.
    func check(isReplay: Bool) throws {
        let names = names(isReplay: isReplay, hasExit: true)
        try threshold.check(isEarlyExit: names.contains(.earlyExit))
        if isReplay, names.contains(.earlyExit), threshold.threshold == nil {
            throw ValidationError(
                """
                --strategy: expected none but strategies that run all layers with --replay, found early-exit; leave it \
                out, or give --confidence or --entropy
                """)
        }
        if measuresEachExit, (exitLayer?.values.count ?? 0) < 2 {
            throw ValidationError("--each-exit: expected several layers in --exit-layer with it")
        }
        if exitLayer != nil, names == [.plain] {
            throw ValidationError("--exit-layer: expected auto, early-exit or self-speculative in --strategy with it")
        }
        try drafting.check(
            usesLowBit: names.contains(.auto),
            usesVocabulary: names.contains(.auto) || names.contains(.selfSpeculative))
        if draftLength != nil, !names.contains(.selfSpeculative) {
            throw ValidationError("--draft-length: expected self-speculative in --strategy with it")
        }
    }

    /// The strategies of these names for a model. Says on standard error if they use a published setting.
    ///
    /// - Throws: ``InputError`` if neither the options nor the model's metadata have the settings of one.
    func strategies(_ names: [DecodingStrategy.Name], of model: TextModel) throws -> [DecodingStrategy] {
        let drafts = names.contains(.selfSpeculative)
        if drafts || names.contains(.earlyExit) { note(of: model, usesDraftLength: drafts) }
        let each = measuresEachExit ? exitLayer?.values ?? [] : []
        let strategies = try names.flatMap { name -> [DecodingStrategy] in
            switch name {
            case .auto:
                return each.map { model.autoStrategy(exitLayers: [$0]) }
                    + [model.autoStrategy(exitLayers: exitLayer?.values)]
            case .plain: return [.plain]
            case .earlyExit: return [threshold.strategy(exitLayers: try exitLayers(of: model))]
            case .selfSpeculative:
                let setting = try knownSetting(of: model)
                guard !each.isEmpty else { return [.selfSpeculative(setting)] }
                return each.map {
                    .selfSpeculative(SpeculationSetting(exitLayer: $0, draftLength: setting.draftLength))
                }
            }
        }
        drafting.noteUnused(by: strategies, of: model)
        return strategies
    }

    private func note(of model: TextModel, usesDraftLength: Bool) {
        model.notePublished(
            exitLayer: exitLayer, draftLength: usesDraftLength ? draftLength : 0,
            options: "--exit-layer and --draft-length")
    }

    private func knownSetting(of model: TextModel) throws -> SpeculationSetting {
        let exitLayer = try exitLayers(of: model)[0]
        guard let draftLength = draftLength ?? model.knownSpeculation?.draftLength else {
            throw InputError.unsaid("--draft-length", by: model)
        }
        return SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength)
    }

    /// The given exit layers, or those of the model; at least one.
    private func exitLayers(of model: TextModel) throws -> [Int] {
        if let exitLayer { return exitLayer.values }
        guard let setting = model.knownSpeculation else { throw InputError.unsaid("--exit-layer", by: model) }
        return model.exits(or: setting)
    }
}

/// The names of all strategies, for messages.
private let allNames = DecodingStrategy.Name.allCases.map(\.rawValue).joined(separator: ", ")

/// Parses the names of strategies, separated by commas.
///
/// - Throws: a usage error for a name that no strategy has, or that was given before.
private func strategyNames(_ argument: String) throws -> [DecodingStrategy.Name] {
    var names: [DecodingStrategy.Name] = []
    for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let name = DecodingStrategy.Name(rawValue: String(word)), !names.contains(name) else {
            throw ValidationError("expected names among \(allNames), each once, found \(argument.quoted)")
        }
        names.append(name)
    }
    return names
}
