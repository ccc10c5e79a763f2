import ArgumentParser
import LayerSkip

/// Options for approximate decoding, in which tokens leave the model early.
struct ExitThresholdArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Approximate decoding: a token leaves at the first exit layer whose largest probability is above this, \
            0...1. The text is not the full model's. Needs --strategy early-exit.
            """, valueName: "probability"))
    var confidence: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The same, with an entropy of the exit's distribution below this many nats.", valueName: "nats"))
    var entropy: Double?

    /// The threshold that is given, if one is.
    var threshold: ExitRule.Threshold? {
        confidence.map { .confidence($0) } ?? entropy.map { .entropy($0) }
    }

    /// The option that is given, if one is.
    private var given: String? { confidence != nil ? "--confidence" : entropy != nil ? "--entropy" : nil }

    /// Throws a usage error if both are given, or one without early exit.
    func check(isEarlyExit: Bool) throws {
        if confidence != nil, entropy != nil { throw ValidationError("expected --confidence or --entropy, found both") }
        if let given, !isEarlyExit { throw ValidationError("\(given): expected --strategy early-exit with it") }
        if let threshold { try checkUsage(ExitRule(exitLayers: [1], threshold: threshold).validate) }
    }

    /// Early exit at one layer, or if a threshold is given at the first of some layers that is sure enough.
    func strategy(exitLayers: [Int]) -> DecodingStrategy {
        if let threshold { return .approximate(ExitRule(exitLayers: exitLayers, threshold: threshold)) }
        return .earlyExit(exitLayer: exitLayers.first ?? 1)
    }
}

extension ExitRule {
    /// The rule in words.
    var summary: String {
        let layers = exitLayers.map(\.description).joined(separator: ", ")
        return switch threshold {
        case .confidence(let least): "confidence above \(least) at exit layer \(layers)"
        case .entropy(let most): "entropy below \(most) at exit layer \(layers)"
        }
    }
}
