import LanguageModels
import TensorCore

// A sample by the Gumbel-max trick: the best log-probability + Gumbel noise, one noise value per token id.
//
// Two distributions that are nearly the same choose, with the same noise, nearly always the same token (Maddison et
// al., "A* Sampling", arXiv 1411.0030).
extension Candidates {
    mutating func addNoise(_ random: CounterRandom) {
        for index in all.indices { all[index].logit += GumbelNoise.value(random[UInt64(all[index].id)]) }
    }

    /// Adds the token of a row that is best with its noise.
    mutating func addNoisyBest(
        of row: Tensor, _ scale: LogitScale, _ random: CounterRandom, on compute: ComputeContext
    ) {
        let best = compute.gumbelMax(row, maximum: scale.maximum, temperature: scale.temperature, random)
        if let best { all.append(Candidate(id: Token(best.column), logit: best.score)) }
    }
}
