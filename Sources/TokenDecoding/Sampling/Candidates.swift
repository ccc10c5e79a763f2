import LanguageModels
import TensorCore
import CLibc

/// The tokens that a sampler may still choose, with their logits, between its steps.
struct Candidates: Sendable {
    /// A token and its logit.
    struct Candidate: Sendable {
        let id: Token
        /// At first the logit, then the log-probability from a ``LogitScale``, then possibly with noise added.
        var logit: Double

        /// Whether a is more likely than b, or equally likely with a lower id.
        static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
            a.logit != b.logit ? a.logit > b.logit : a.id < b.id
        }
    }

    /// In any order.
    var all: [Candidate] = []

    /// Creates an empty list with room for a whole vocabulary; memory pages that are never used cost nothing.
    init(vocabularySize: Int) { all.reserveCapacity(vocabularySize) }

    /// Adds tokens, with logits divided by the penalty if positive, and multiplied by it if negative.
    mutating func add(_ tokens: [Token], of row: Tensor, penalizedBy penalty: Float) {
        row.withRow(0) { logits in
            for token in tokens {
                let logit = Double(logits[Int(token)])
                let penalized = logit > 0 ? logit / Double(penalty) : logit * Double(penalty)
                all.append(Candidate(id: token, logit: penalized))
            }
        }
    }

    /// Adds the tokens of a row whose logits are at least `floor`.
    mutating func add(_ row: Tensor, atLeast floor: Float, _ scale: LogitScale? = nil, on compute: ComputeContext) {
        compute.forEachColumn(of: row, atLeast: floor) { id, value in
            let logit = Double(value)
            all.append(Candidate(id: Token(id), logit: scale?(logit) ?? logit))
        }
    }

    /// Removes all but the first `count` candidates.
    mutating func keepFirst(_ count: Int) { all.removeLast(all.count - count) }

    mutating func apply(_ scale: LogitScale) {
        for index in all.indices { all[index].logit = scale(all[index].logit) }
    }

    /// The most likely token, ties to the lowest id.
    var best: Candidate { all.dropFirst().reduce(all[0]) { Candidate.precedes($1, $0) ? $1 : $0 } }

    /// The largest logit; -infinity if there are no candidates.
    var maximum: Double { all.reduce(-.infinity) { max($0, $1.logit) } }

    /// The sum of probabilities, relative to the probability of the best.
    var weight: Double { all.reduce(0) { $0 + exp($1.logit) } }

    /// Softmax over the candidates, 0 for all other ids.
    func probabilities(vocabularySize: Int) -> [Double] {
        var probabilities = [Double](repeating: 0, count: vocabularySize)
        for candidate in all { probabilities[Int(candidate.id)] = exp(candidate.logit) }
        // Summed in order of ids, whatever the order of the candidates.
        let sum = probabilities.reduce(0, +)
        for index in probabilities.indices { probabilities[index] /= sum }
        return probabilities
    }
}
