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
struct Candidates: Sendable {
    /// A token and how likely it is.
    struct Candidate: Sendable {
        let id: Token
        /// The logit, then the log-probability by a ``LogitScale``, then perhaps with noise.
        var logit: Double

        /// More likely, or as likely and with a lower id.
        static func precedes(_ a: Candidate, _ b: Candidate) -> Bool {
            a.logit != b.logit ? a.logit > b.logit : a.id < b.id
        }
    }

    /// In any order.
    var all: [Candidate] = []

    /// Nothing yet, but room for a whole vocabulary: pages of it that are never used cost nothing.
    init(vocabularySize: Int) { all.reserveCapacity(vocabularySize) }

    /// Adds tokens whose logits are divided by the penalty where positive, and multiplied by it where negative.
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

    /// Drops those that were added last.
    mutating func keepFirst(_ count: Int) { all.removeLast(all.count - count) }

    mutating func apply(_ scale: LogitScale) {
        for index in all.indices { all[index].logit = scale(all[index].logit) }
    }

    /// The most likely token, ties to the lowest id.
    var best: Candidate { all.dropFirst().reduce(all[0]) { Candidate.precedes($1, $0) ? $1 : $0 } }

    /// The largest logit; -infinity where there is none.
    var maximum: Double { all.reduce(-.infinity) { max($0, $1.logit) } }

    /// The sum of probabilities, relative to the best one's.
    var weight: Double { all.reduce(0) { $0 + exp($1.logit) } }

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
