public import LanguageModels

/// What a sampler makes of a row of logits.
public enum Distribution: Sendable, Equatable {
    /// One token for certain: greedy choice, or a choice whose random numbers are already spent (coupled).
    case oneHot(Token)
    /// A probability for each token id.
    case dense([Double])

    /// The probability of a token.
    func probability(of token: Token) -> Double {
        switch self {
        case .oneHot(let certain): token == certain ? 1 : 0
        case .dense(let probabilities): probabilities[Int(token)]
        }
    }

    /// A token drawn by the inverse of the cumulative distribution at `uniform` in (0, 1).
    func draw(_ uniform: @autoclosure () -> Double) -> Token {
        switch self {
        case .oneHot(let certain): return certain
        case .dense(let probabilities):
            let target = uniform()
            var sum = 0.0
            var last = 0
            for (id, probability) in probabilities.enumerated() where probability > 0 {
                sum += probability
                last = id
                if target < sum { break }
            }
            // Rounding may leave the sum a little below 1: then the last possible token is meant.
            return Token(last)
        }
    }

    /// What is left to sample from once a token drafted from p, `draft`, was rejected by q, `target`: max(q - p, 0),
    /// renormalised.
    static func residual(target: Distribution, draft: Distribution) -> Distribution {
        guard case .dense(let probabilities) = target else { return target }
        let differences = probabilities.indices.map { id in
            max(probabilities[id] - draft.probability(of: Token(id)), 0)
        }
        let sum = differences.reduce(0, +)
        // No difference at all means q = p, where nothing is ever rejected but by rounding.
        return sum > 0 ? .dense(differences.map { $0 / sum }) : target
    }
}
