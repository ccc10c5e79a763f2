package import LanguageModels

/// The distribution that a sampler computes from a row of logits.
package enum Distribution: Sendable, Equatable {
    /// One certain token: a greedy choice, or a coupled choice, which has already used its random numbers.
    case oneHot(Token)
    /// A probability for each token id.
    case probabilities([Double])

    /// The probability of a token.
    func probability(of token: Token) -> Double {
        switch self {
        case .oneHot(let certain): token == certain ? 1 : 0
        case .probabilities(let probabilities): probabilities[Int(token)]
        }
    }

    /// Draws a token by inverting the cumulative distribution at `uniform` in (0, 1).
    func draw(_ uniform: @autoclosure () -> Double) -> Token {
        switch self {
        case .oneHot(let certain): return certain
        case .probabilities(let probabilities):
            let target = uniform()
            var sum = 0.0
            var last = 0
            for (id, probability) in probabilities.enumerated() where probability > 0 {
                sum += probability
                last = id
                if target < sum { break }
            }
            // Rounding may leave the sum slightly below 1; the last possible token is then drawn.
            return Token(last)
        }
    }

    /// The distribution to sample from after q, `target`, has rejected a token drafted from p, `draft`: max(q - p, 0),
    /// renormalised.
    static func residual(target: Distribution, draft: Distribution) -> Distribution {
        guard case .probabilities(let probabilities) = target else { return target }
        let differences = probabilities.indices.map { id in
            max(probabilities[id] - draft.probability(of: Token(id)), 0)
        }
        let sum = differences.reduce(0, +)
        // No difference at all means q = p, where only rounding errors cause rejections.
        return sum > 0 ? .probabilities(differences.map { $0 / sum }) : target
    }
}
