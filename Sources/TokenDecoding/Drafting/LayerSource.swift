/// Estimates whether tokens that layers draft are accepted, from their probability in these layers' softmax.
///
/// These probabilities are no chances of acceptance: an exit may be too sure, or the text sampled. So they are
/// calibrated by what was accepted.
struct LayerSource {
    /// How rows run that draft, with all tokens to choose from.
    let path: DraftPath
    /// By the probability of the drafted token.
    private var evidence = Array(repeating: Evidence(), count: kinds)
    /// Of a token that is not drafted yet, by the kind of the one before it; the last entry is that of a first token.
    private var nextEvidence = Array(repeating: Evidence(), count: kinds + 1)

    init(_ path: DraftPath) { self.path = path }

    /// The path with or without the draft vocabulary.
    func path(usingVocabulary: Bool) -> DraftPath {
        DraftPath(layers: path.layers, weights: path.weights, usesDraftVocabulary: usingVocabulary)
    }

    /// The chance that a drafted token is accepted if those before it are.
    func chance(confidence: Double) -> Double {
        evidence[Self.kind(confidence)].chance(expected: confidence)
    }

    /// The chance that one more drafted token would be accepted if those before it are.
    ///
    /// - Parameter last: the probability of the one before it; nil if there is none.
    func chanceOfNext(after last: Double?) -> Double {
        nextEvidence[last.map(Self.kind) ?? Self.kinds].chance(expected: expected)
    }

    /// Learns from a draft of this source.
    ///
    /// - Parameter isCovered: whether the source could have drafted the token that was right in place of the first
    ///   rejected one. If not, the rejection says nothing about the source.
    mutating func learn(confidences: [Double], accepted: Int, isCovered: Bool) {
        // Nothing is known of tokens after the first rejected one.
        for (position, confidence) in confidences.prefix(isCovered ? accepted + 1 : accepted).enumerated() {
            let isHit = position < accepted
            evidence[Self.kind(confidence)].add(isHit: isHit)
            nextEvidence[position > 0 ? Self.kind(confidences[position - 1]) : Self.kinds].add(isHit: isHit)
        }
    }

    /// Learns what this source would have drafted: one draft after another, each up to its first token that is not the
    /// text's.
    mutating func learn(observed tokens: [ExitObservation.Token]) {
        var last: Double?
        for token in tokens {
            evidence[Self.kind(token.confidence)].add(isHit: token.isHit)
            nextEvidence[last.map(Self.kind) ?? Self.kinds].add(isHit: token.isHit)
            last = token.isHit ? token.confidence : nil
        }
    }

    /// Lets observations fade in a round without a draft of this source, so that it is tried again some day. Not needed
    /// where the source is observed.
    mutating func learnNothing() {
        for index in nextEvidence.indices { nextEvidence[index].fade(by: Self.memory) }
    }

    private static let kinds = 8
    /// Of a token before anything was drafted. A low-bit copy agrees more often than an exit.
    private var expected: Double { path.weights == .lowBit ? 0.85 : 0.7 }
    private static let memory = 0.999

    private static func kind(_ confidence: Double) -> Int {
        max(0, min(kinds - 1, Int(confidence * Double(kinds))))
    }
}
