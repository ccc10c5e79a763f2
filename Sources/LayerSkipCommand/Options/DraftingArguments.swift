import ArgumentParser
import LayerSkip

/// Options for what a model gets for drafts when it is loaded.
struct DraftingArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Formats of a copy of the weights that drafts with --strategy auto: a recipe as for --quantize, none, or \
            auto, which makes one of large weights in F32, F16 or BF16 if there is memory for twice its size, and none \
            with rejection sampling (default: auto). Greedy and coupled text does not depend on it.
            """, valueName: "recipe"),
        transform: lowBit)
    var draftQuantize: DraftingOptions.LowBit?

    @Option(
        help: ArgumentHelp(
            """
            Tokens that drafts choose from, in addition to those of the text: a number, full for all, or auto for a \
            quarter of them with --strategy auto (default: auto). Greedy and coupled text does not depend on it; with \
            rejection sampling, drafts choose from all tokens.
            """, valueName: "count"),
        transform: vocabulary)
    var draftVocabulary: DraftingOptions.Vocabulary?

    @Flag(
        inversion: .prefixedNo,
        help: """
            With --strategy auto, also draft what followed earlier occurrences of the text's last tokens. Without, what \
            the layers gain can be measured.
            """)
    var draftLookup = true

    /// The options for loading.
    ///
    /// - Parameter isUsed: whether a strategy chooses among sources of drafts; otherwise no copy of the weights is made.
    func options(isUsed: Bool = true) -> DraftingOptions {
        var options = DraftingOptions()
        options.lowBit = isUsed ? draftQuantize ?? .automatic : .none
        options.vocabulary = draftVocabulary ?? .automatic
        options.looksUp = draftLookup
        return options
    }

    /// Throws a usage error if an option is given that sampling with rejections ignores.
    func check(_ acceptance: Acceptance) throws {
        guard acceptance == .rejection, case .count = draftVocabulary else { return }
        throw ValidationError(
            "--draft-vocabulary: expected --acceptance coupled with a number of tokens, found rejection")
    }

    /// Says on standard error if no strategy of a model uses a given number of tokens, or if nothing drafts.
    func noteUnused(by strategies: [DecodingStrategy], of model: TextModel) {
        if strategies.contains(where: model.hasNoSource) {
            Output.note("--no-draft-lookup leaves nothing that drafts: there is no exit layer and no low-bit copy")
        }
        guard case .count = draftVocabulary, !strategies.contains(where: model.draftsByLayers) else { return }
        Output.note("--draft-vocabulary is not used: neither an exit layer nor a low-bit copy drafts")
    }

    /// Throws a usage error if no strategy uses a given option.
    func check(usesLowBit: Bool, usesVocabulary: Bool) throws {
        if draftQuantize != nil, !usesLowBit {
            throw ValidationError("--draft-quantize: expected --strategy auto with it")
        }
        if !draftLookup, !usesLowBit {
            throw ValidationError("--no-draft-lookup: expected --strategy auto with it")
        }
        if draftVocabulary != nil, !usesVocabulary {
            throw ValidationError("--draft-vocabulary: expected --strategy auto or self-speculative with it")
        }
    }
}

private func lowBit(_ argument: String) throws -> DraftingOptions.LowBit {
    switch argument {
    case "auto": return .automatic
    case "none": return .none
    default:
        guard let recipe = QuantizationRecipe(named: argument) else {
            let names = QuantizationRecipe.names.joined(separator: ", ")
            throw ValidationError("expected auto, none or one of \(names), found \(argument.quoted)")
        }
        return .recipe(recipe)
    }
}

private func vocabulary(_ argument: String) throws -> DraftingOptions.Vocabulary {
    switch argument {
    case "auto": return .automatic
    case "full": return .full
    default:
        guard let count = Int(argument), count >= 1 else {
            throw ValidationError("expected auto, full or a number of 1 or more, found \(argument.quoted)")
        }
        return .count(count)
    }
}
