import LanguageModels
import TensorCore

// Sampling with the Gumbel-max trick: takes the largest log-probability + Gumbel noise, with one noise value per token
// id.
//
// With the same noise, two distributions that are nearly the same nearly always choose the same token (Maddison et al.,
// "A* Sampling", arXiv 1411.0030).
extension Candidates {
    mutating func addNoise(_ random: CounterRandom) {
        for index in all.indices { all[index].logit += GumbelNoise.value(random[UInt64(all[index].id)]) }
    }

    /// Adds the token of a row with the largest sum of log-probability and noise.
    mutating func addNoisyBest(
        of row: Tensor, _ scale: LogitScale, _ random: CounterRandom, on compute: ComputeContext
    ) {
        let best = compute.gumbelMax(row, maximum: scale.maximum, temperature: scale.temperature, random)
        if let best { all.append(Candidate(id: Token(best.column), logit: best.score)) }
    }
}
