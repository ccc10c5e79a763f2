public import ArgumentParser
public import LayerSkip

/// How tokens are chosen.
struct SamplingArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: "Sample at this temperature; 0 takes the most likely token.")
    var temperature: Float = 0

    @Option(parsing: .unconditional, help: "Sample among the k most likely tokens.")
    var topK: Int?

    @Option(parsing: .unconditional, help: "Sample among the most likely tokens that reach this probability together.")
    var topP: Double?

    @Option(parsing: .unconditional, help: "Sample among tokens at least this share as likely as the most likely one.")
    var minP: Double?

    @Option(parsing: .unconditional, help: "Divide the logits of tokens that the text already has by this.")
    var repetitionPenalty: Float = 1

    @Option(parsing: .unconditional, help: "Fix the random choices.")
    var seed: UInt64 = 0

    @Option(help: "How sampled drafts are accepted: coupled (the plain text, token by token) or rejection.")
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
