/// Estimates whether tokens that the first layers draft are accepted, from their probability in the exit's softmax.
///
/// An exit's probabilities are no chances of acceptance: an exit may be too sure, or the text sampled. So they are
/// calibrated by what was accepted.
struct ExitSource {
    /// The number of layers that draft.
    let exitLayer: Int
    /// By the probability of the drafted token.
    private var evidence = Array(repeating: Evidence(), count: kinds)
    /// Of a token that is not drafted yet, by the kind of the one before it; the last entry is that of a first token.
    private var nextEvidence = Array(repeating: Evidence(), count: kinds + 1)

    init(exitLayer: Int) { self.exitLayer = exitLayer }

    /// The chance that a drafted token is accepted if those before it are.
    func chance(confidence: Double) -> Double {
        evidence[Self.kind(confidence)].chance(expected: confidence)
    }

    /// The chance that one more drafted token would be accepted if those before it are.
    ///
    /// - Parameter last: the probability of the one before it; nil if there is none.
    func chanceOfNext(after last: Double?) -> Double {
        nextEvidence[last.map(Self.kind) ?? Self.kinds].chance(expected: Self.expected)
    }

    /// Learns from a draft of this source.
    mutating func learn(confidences: [Double], accepted: Int) {
        // Nothing is known of tokens after the first rejected one.
        for (position, confidence) in confidences.prefix(accepted + 1).enumerated() {
            let isHit = position < accepted
            evidence[Self.kind(confidence)].add(isHit: isHit)
            nextEvidence[position > 0 ? Self.kind(confidences[position - 1]) : Self.kinds].add(isHit: isHit)
        }
    }

    /// Lets observations fade in a round without a draft of this source, so that it is tried again some day.
    mutating func learnNothing() {
        for index in nextEvidence.indices { nextEvidence[index].fade(by: Self.memory) }
    }

    private static let kinds = 8
    private static let expected = 0.7
    private static let memory = 0.999

    private static func kind(_ confidence: Double) -> Int {
        max(0, min(kinds - 1, Int(confidence * Double(kinds))))
    }
}
