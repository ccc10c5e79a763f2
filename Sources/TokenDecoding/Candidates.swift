import LanguageModels
import TensorCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Tokens that may still be chosen, and their logits, on the way through a sampler's steps.
struct Candidates {
    /// A token and how likely it is.
    struct Candidate {
        let id: Token
        /// The logit; after ``Candidates/scale(temperature:)`` the log-probability, up to a constant: 0 for the best.
        var logit: Double

        /// More likely, or as likely and with a lower id.
        static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
            a.logit != b.logit ? a.logit > b.logit : a.id < b.id
        }
    }

    /// In ascending order of ids at first, in any order once tokens were dropped.
    private(set) var all: [Candidate]

    init(_ logits: Tensor, row: Int) {
        all = logits.withRow(row) { logits in
            logits.indices.map { Candidate(id: Token($0), logit: Double(logits[$0])) }
        }
    }

    /// The most likely token, ties to the lowest id.
    var mostLikely: Token { best.id }

    private var best: Candidate {
        all.dropFirst().reduce(all[0]) { Candidate.precedes($1, $0) ? $1 : $0 }
    }

    /// Divides the positive and multiplies the negative logits of `tokens`. Call it while all tokens are there.
    mutating func penalize(_ tokens: [Token], by penalty: Float) {
        for token in tokens {
            let logit = all[Int(token)].logit
            all[Int(token)].logit = logit > 0 ? logit / Double(penalty) : logit * Double(penalty)
        }
    }

    /// Divides by the temperature, the best logit having been subtracted first, so that nothing can overflow upwards.
    mutating func scale(temperature: Float) {
        let maximum = best.logit
        for index in all.indices { all[index].logit = (all[index].logit - maximum) / Double(temperature) }
    }

    mutating func keepTop(_ count: Int) {
        guard count < all.count else { return }
        var queue = CandidateQueue(all)
        all = (0..<count).compactMap { _ in queue.popBest() }
    }

    mutating func keepTop(probability: Double) {
        guard probability < 1 else { return }
        let target = probability * all.reduce(0) { $0 + exp($1.logit) }
        var queue = CandidateQueue(all)
        var kept: [Candidate] = []
        var sum = 0.0
        while sum < target, let next = queue.popBest() {
            kept.append(next)
            sum += exp(next.logit)
        }
        all = kept
    }

    mutating func keep(atLeast share: Double) {
        let threshold = best.logit + log(share)
        all.removeAll { $0.logit < threshold }
    }

    /// Softmax over the candidates, 0 for all other ids.
    func probabilities(vocabularySize: Int) -> [Double] {
        var probabilities = [Double](repeating: 0, count: vocabularySize)
        for candidate in all { probabilities[Int(candidate.id)] = exp(candidate.logit) }
        // Added up in order of ids, whatever order the steps before left the candidates in.
        let sum = probabilities.reduce(0, +)
        for index in probabilities.indices { probabilities[index] /= sum }
        return probabilities
    }
}
