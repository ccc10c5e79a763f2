public import LanguageModels
public import TensorCore

/// Turns rows of logits into distributions and draws from them.
///
/// Every random number is a function of the seed, the absolute position of the token and its purpose, never of how
/// many rounds it took to get there.
public struct Sampler: Sendable {
    /// How tokens are chosen.
    public let sampling: Sampling
    /// How sampled drafts are accepted.
    public let acceptance: Acceptance
    private var history: TokenHistory

    /// What a random number is for; each purpose has a stream of its own, of one number a position.
    ///
    /// A draft that is thrown away may have used its position's number, and the next draft there uses it again; it had
    /// no influence on any token that was given out.
    public enum Purpose: UInt64, Sendable {
        /// Gumbel noise, which draft and target share.
        case coupledNoise
        /// Drawing a draft token.
        case draft
        /// Deciding whether a draft token stands.
        case acceptance
        /// Drawing the full model's own token, after a rejection or behind the draft.
        case target
    }

    /// A sampler for a vocabulary.
    ///
    /// - Throws: ``DecodingError`` if an option is out of range.
    public init(_ sampling: Sampling, acceptance: Acceptance, vocabularySize: Int) throws(DecodingError) {
        try sampling.validate()
        self.sampling = sampling
        self.acceptance = acceptance
        history = TokenHistory(vocabularySize: vocabularySize)
    }

    /// Takes the text so far, which the repetition penalty looks at.
    mutating func remember(_ tokens: some Sequence<Token>) { history.append(tokens) }

    /// Forgets the text.
    mutating func forget() { history.removeAll() }

    /// The distribution of the token at `position`.
    ///
    /// - Parameters:
    ///   - logits: [n, vocabulary], of which row `row` is read.
    ///   - position: the absolute position of the token to be chosen, the prompt's first token being 0.
    ///   - drafted: tokens assumed to follow the text so far.
    /// - Throws: ``DecodingError/nonFiniteLogits(position:)``.
    public func distribution(
        _ logits: Tensor, row: Int, position: Int, after drafted: some Collection<Token>, on compute: ComputeContext
    ) throws(DecodingError) -> Distribution {
        guard let mostLikely = compute.argmax(logits, row: row) else {
            throw .nonFiniteLogits(position: position)
        }
        let isPenalized = sampling.repetitionPenalty != 1
        if sampling.isGreedy, !isPenalized { return .oneHot(Token(mostLikely)) }

        var candidates = Candidates(logits, row: row)
        if isPenalized {
            candidates.penalize(history.distinctTokens(with: drafted), by: sampling.repetitionPenalty)
        }
        if sampling.isGreedy { return .oneHot(candidates.mostLikely) }
        candidates.scale(temperature: sampling.temperature)
        if let topK = sampling.topK { candidates.keepTop(topK) }
        if let topP = sampling.topP { candidates.keepTop(probability: topP) }
        if let minP = sampling.minP { candidates.keep(atLeast: minP) }

        switch acceptance {
        case .coupled: return .oneHot(candidates.gumbelMax(random(.coupledNoise, at: position)))
        case .rejection: return .dense(candidates.probabilities(vocabularySize: logits.columns))
        }
    }

    /// A token of a distribution, with the position's random number for `purpose`.
    public func draw(_ distribution: Distribution, at position: Int, for purpose: Purpose) -> Token {
        distribution.draw(random(purpose, at: position).uniform(0))
    }

    /// Whether a drafted token stands: with probability min(1, q(x) / p(x)), q being the target's distribution and p the
    /// draft's. Between certain tokens this is equality.
    func accepts(_ token: Token, target: Distribution, draft: Distribution, at position: Int) -> Bool {
        let wanted = target.probability(of: token)
        let offered = draft.probability(of: token)
        if wanted >= offered { return true }
        return wanted > 0 && random(.acceptance, at: position).uniform(0) * offered < wanted
    }

    private func random(_ purpose: Purpose, at position: Int) -> CounterRandom {
        CounterRandom(seed: sampling.seed, purpose.rawValue, UInt64(position))
    }
}
