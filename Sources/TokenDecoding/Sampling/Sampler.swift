package import LanguageModels
package import TensorCore

/// Turns rows of logits into distributions and draws from them.
///
/// Every random number is a function of the seed, the token's absolute position and the number's purpose. It never
/// depends on the number of rounds before.
package struct Sampler: Sendable {
    /// The options for choosing tokens.
    package private(set) var sampling: Sampling
    /// The rule for accepting sampled drafts.
    package let acceptance: Acceptance
    private var history: TokenHistory
    /// Refilled for each row, to reuse its memory.
    private var candidates: Candidates

    /// The purpose of a random number. Each purpose has its own stream, with one number per position.
    ///
    /// A discarded draft may have used its position's number, and the next draft there uses it again. That is safe
    /// because the discarded draft influenced no generated token.
    package enum Purpose: UInt64, Sendable {
        /// Gumbel noise, shared by draft and target.
        case coupledNoise
        /// Drawing a draft token.
        case draft
        /// Deciding whether a draft token is accepted.
        case acceptance
        /// Drawing the full model's own token, after a rejection or after the draft.
        case target
    }

    /// Creates a sampler for a vocabulary.
    ///
    /// - Throws: ``GenerationError`` if an option is out of range.
    package init(_ sampling: Sampling, acceptance: Acceptance, vocabularySize: Int) throws(GenerationError) {
        try sampling.validate()
        self.sampling = sampling
        self.acceptance = acceptance
        history = TokenHistory(vocabularySize: vocabularySize)
        candidates = Candidates(vocabularySize: vocabularySize)
    }

    /// Uses another seed.
    mutating func reseed(_ seed: UInt64) { sampling.seed = seed }

    /// Adds tokens to the text that the repetition penalty uses.
    mutating func remember(_ tokens: some Sequence<Token>) { history.append(tokens) }

    /// Forgets the text that the repetition penalty uses.
    mutating func forget() { history.keep(0) }

    /// The distribution of the token at `position`.
    ///
    /// - Parameters:
    ///   - logits: [n, vocabulary], of which row `row` is read.
    ///   - position: the absolute position of the token to be chosen; the prompt's first token has position 0.
    ///   - drafted: tokens assumed to follow the text.
    /// - Throws: ``GenerationError/nonFiniteLogits(position:halfCache:)``.
    package mutating func distribution(
        _ logits: Tensor, row: Int, position: Int, after drafted: some Collection<Token>, on compute: ComputeContext
    ) throws(GenerationError) -> Distribution {
        guard let mostLikely = compute.argmax(logits, row: row) else {
            throw .nonFiniteLogits(position: position)
        }
        let isPenalized = sampling.repetitionPenalty != 1
        if sampling.isGreedy, !isPenalized { return .oneHot(Token(mostLikely)) }

        var others = logits[rows: row..<row + 1]
        candidates.keepFirst(0)
        if isPenalized {
            let remembered = history.distinct.count
            history.append(drafted)
            candidates.add(history.distinct, of: others, penalizedBy: sampling.repetitionPenalty)
            others = compute.removing(history.distinct, from: others)
            history.keep(remembered)
        }
        return choose(others, random(.coupledNoise, at: position), on: compute)
    }

    /// The distribution of the token at `position`, if only some tokens have logits.
    ///
    /// - Parameter choices: the tokens of the logits' columns; nil for all. The others are never chosen.
    mutating func distribution(
        _ logits: Tensor, row: Int, of choices: [Token]?, position: Int, after drafted: some Collection<Token>,
        on compute: ComputeContext
    ) throws(GenerationError) -> Distribution {
        guard let choices else {
            return try distribution(logits, row: row, position: position, after: drafted, on: compute)
        }
        if sampling.isGreedy, sampling.repetitionPenalty == 1 {
            guard let best = compute.argmax(logits, row: row) else { throw .nonFiniteLogits(position: position) }
            return .oneHot(choices[best])
        }
        // Finite, because a row with others is refused, but far below any logit.
        let all = compute.spread(logits, row: row, to: choices, of: history.vocabularySize, else: -1e9)
        return try distribution(all, row: 0, position: position, after: drafted, on: compute)
    }

    /// The distribution over the candidates, which are already penalized, and a row with all other tokens.
    private mutating func choose(
        _ others: Tensor, _ noise: CounterRandom, on compute: ComputeContext
    ) -> Distribution {
        let greatest = compute.maximum(others)
        if sampling.isGreedy {
            candidates.add(others, atLeast: max(greatest, -.greatestFiniteMagnitude), on: compute)
            return .oneHot(candidates.best.id)
        }
        let maximum = max(Double(greatest), candidates.maximum)
        let scale = LogitScale(maximum: maximum, temperature: sampling.temperature)
        candidates.apply(scale)
        if acceptance == .coupled, !sampling.isFiltered {
            candidates.addNoise(noise)
            candidates.addNoisyBest(of: others, scale, noise, on: compute)
            return .oneHot(candidates.best.id)
        }
        candidates.add(others, scale, filteredBy: sampling, on: compute)
        switch acceptance {
        case .coupled:
            candidates.addNoise(noise)
            return .oneHot(candidates.best.id)
        case .rejection: return .probabilities(candidates.probabilities(vocabularySize: others.columns))
        }
    }

    /// Draws a token of a distribution, with the position's random number for `purpose`.
    package func draw(_ distribution: Distribution, at position: Int, for purpose: Purpose) -> Token {
        distribution.draw(random(purpose, at: position).uniform(0))
    }

    /// Whether a drafted token x is accepted: with probability min(1, q(x) / p(x)), where q is the target's
    /// distribution and p the draft's. If both are certain, the tokens must be equal.
    func accepts(_ token: Token, target: Distribution, draft: Distribution, at position: Int) -> Bool {
        let wanted = target.probability(of: token)
        let offered = draft.probability(of: token)
        if wanted >= offered { return true }
        return wanted > 0 && random(.acceptance, at: position).uniform(0) * offered < wanted
    }

    private func random(_ purpose: Purpose, at position: Int) -> CounterRandom {
        CounterRandom(seed: sampling.seed).labelled(purpose.rawValue).labelled(UInt64(position))
    }
}
