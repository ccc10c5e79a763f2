import ArgumentParser
import LayerSkip

/// The option for where the sampling comes from.
struct SamplingSourceArguments: ParsableArguments {
    /// Where the values that no option gives come from.
    enum Source: String, ExpressibleByArgument, CaseIterable {
        /// The most likely token is taken.
        case greedy
        /// What the model's files recommend.
        case model
    }

    @Option(
        help: """
            Sampling where no other option sets it: greedy, or model for what the model's files recommend \
            (generation_config.json, general.sampling.*).
            """)
    var sampling: Source = .greedy

    /// The sampling of the source. Notes on standard error tell which recommended values are not used.
    func sampling(of model: TextModel) -> Sampling {
        guard sampling == .model else { return .greedy }
        Output.note(model.summary.samplingNotes)
        return model.summary.recommendedSampling ?? .greedy
    }

    /// Says on standard error which sampling is used, and what the model's files recommend.
    func note(_ used: Sampling, of model: TextModel) {
        var comment = ""
        if let recommended = model.summary.recommendedSampling {
            let isSame = recommended.summary == used.summary
            if isSame {
                comment = " (as the model's files recommend)"
            } else {
                comment = " (the model's files recommend \(recommended.summary)"
                comment += sampling == .model ? "; options override it)" : "; --sampling model uses it)"
            }
        } else if sampling == .model {
            comment = " (the model's files recommend none)"
        }
        Output.note("sampling: \(used.summary)\(comment)")
    }
}
