public import ArgumentParser
public import LayerSkip

/// Options for choosing tokens.
struct SamplingArguments: ParsableArguments {
    @OptionGroup var source: SamplingSourceArguments

    @OptionGroup var temperature: TemperatureArguments

    @Option(parsing: .unconditional, help: "Sample only from the k most likely tokens; 0 turns it off.")
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: "Sample only from the smallest set of most likely tokens with this total probability; 1 turns it off.")
    var topP: Double?

    @Option(
        parsing: .unconditional,
        help: """
            Sample only from tokens whose probability is at least this fraction of the most likely token's; 0 turns it \
            off.
            """)
    var minP: Double?

    @Option(
        parsing: .unconditional,
        help: "Penalty for tokens that already occur in the text; 1 turns it off (default: 1).")
    var repetitionPenalty: Float?

    @Option(
        help: "How sampled drafts are accepted: coupled (same text as plain decoding) or rejection (same distribution)."
    )
    var acceptance: Acceptance = .coupled

    func validate() throws { try checkUsage(sampling(over: .greedy).validate) }

    /// The sampling for a model. A random seed, and a sampling that no option gives, are said on standard error.
    ///
    /// - Parameters:
    ///   - isSaid: whether to say the sampling in any case.
    ///   - seed: a seed that was chosen at random earlier and replaces a random one; nil for none.
    func sampling(for model: TextModel, isSaid: Bool = false, continuing seed: UInt64? = nil) -> Sampling {
        var sampling = sampling(over: source.sampling(of: model))
        if let seed, temperature.seed?.isRandom == true {
            sampling.seed = seed
            if !sampling.isGreedy { Output.note("seed: \(seed), as in the output that is continued") }
            return sampling
        }
        if isSaid || source.sampling == .model { source.note(sampling, of: model) }
        temperature.noteSeed(of: sampling)
        noteUnused(in: sampling)
        return sampling
    }

    /// Says on standard error which options choose among tokens that are not sampled.
    private func noteUnused(in sampling: Sampling) {
        guard sampling.isGreedy else { return }
        let given: [(String, Bool)] = [
            ("--top-k", topK != nil), ("--top-p", topP != nil), ("--min-p", minP != nil),
            ("--seed", temperature.seed != nil),
        ]
        for (option, isGiven) in given where isGiven {
            Output.note("note: \(option): no effect, since the temperature is 0 (--temperature samples)")
        }
    }

    /// The sampling that these options make of another.
    private func sampling(over base: Sampling) -> Sampling {
        var sampling = temperature.sampling(over: base)
        sampling.topK = topK ?? base.topK
        sampling.topP = topP ?? base.topP
        sampling.minP = minP ?? base.minP
        sampling.repetitionPenalty = repetitionPenalty ?? base.repetitionPenalty
        return sampling
    }
}

extension Acceptance: ExpressibleByArgument {}
