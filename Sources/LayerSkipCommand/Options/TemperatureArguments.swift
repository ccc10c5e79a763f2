import ArgumentParser
import LayerSkip

/// Options for the temperature and the seed.
struct TemperatureArguments: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "Sampling temperature; 0 always takes the most likely token (default: 0).")
    var temperature: Float?

    @Option(
        parsing: .unconditional,
        help: "Sampling seed; the same seed gives the same text, and -1 chooses one (default: 0).")
    var seed: Seed?

    func validate() throws { try checkUsage(sampling(over: .greedy).validate) }

    /// The sampling that these options make of another.
    func sampling(over base: Sampling) -> Sampling {
        var sampling = base
        sampling.temperature = temperature ?? base.temperature
        sampling.seed = seed?.value ?? base.seed
        return sampling
    }

    /// Says on standard error which seed was chosen at random, if the sampling uses it.
    func noteSeed(of sampling: Sampling) {
        guard let seed, seed.isRandom, !sampling.isGreedy else { return }
        Output.note("seed: \(seed) (--seed \(seed) repeats the text)")
    }
}
