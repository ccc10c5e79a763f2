public import ArgumentParser
public import LayerSkip

/// Options for choosing tokens.
struct SamplingArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: "Sampling temperature; 0 always takes the most likely token.")
    var temperature: Float = 0

    @Option(parsing: .unconditional, help: "Sample only from the k most likely tokens.")
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: "Sample only from the smallest set of most likely tokens with this total probability.")
    var topP: Double?

    @Option(
        parsing: .unconditional,
        help: "Sample only from tokens whose probability is at least this fraction of the most likely token's.")
    var minP: Double?

    @Option(parsing: .unconditional, help: "Penalty for tokens that already occur in the text; 1 turns it off.")
    var repetitionPenalty: Float = 1

    @Option(parsing: .unconditional, help: "Sampling seed; the same seed gives the same text.")
    var seed: UInt64 = 0

    @Option(
        help: "How sampled drafts are accepted: coupled (same text as plain decoding) or rejection (same distribution)."
    )
    var acceptance: Acceptance = .coupled

    var sampling: Sampling {
        var sampling = Sampling()
        sampling.temperature = temperature
        sampling.topK = topK
        sampling.topP = topP
        sampling.minP = minP
        sampling.repetitionPenalty = repetitionPenalty
        sampling.seed = seed
        return sampling
    }
}

extension Acceptance: ExpressibleByArgument {}
