import Foundation
import LanguageModels

@testable import TokenDecoding

/// The sampler's steps in their plainest form: whole lists of probabilities, sorted again at each step.
struct NaiveSampler {
    let sampling: Sampling

    /// The probability of each token id after the text `history`.
    func probabilities(_ logits: [Float], history: [Token]) -> [Double] {
        let weights = keptWeights(logits, history: history)
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The token that plain decoding takes, with noise computed for every id.
    func coupledToken(_ logits: [Float], history: [Token], noise: (Token) -> Double) -> Token {
        let weights = keptWeights(logits, history: history)
        let scores = weights.indices.map { weights[$0] > 0 ? log(weights[$0]) + noise(Token($0)) : -.infinity }
        return Self.best(scores)
    }

    /// The id of the largest score, the lowest among equals.
    static func best(_ scores: [Double]) -> Token {
        var best = 0
        for id in scores.indices where scores[id] > scores[best] { best = id }
        return Token(best)
    }

    private func keptWeights(_ logits: [Float], history: [Token]) -> [Double] {
        var scores = logits.map { Double($0) }
        for token in Set(history) {
            let id = Int(token)
            scores[id] = scores[id] > 0 ? scores[id] / penalty : scores[id] * penalty
        }
        let greatest = scores.max() ?? 0
        guard sampling.temperature > 0 else {
            let best = Self.best(scores)
            return scores.indices.map { $0 == Int(best) ? 1 : 0 }
        }
        var weights = scores.map { exp(($0 - greatest) / Double(sampling.temperature)) }
        if let topK = sampling.topK, topK > 0 { drop(&weights, scores) { rank, _ in rank >= topK } }
        if let topP = sampling.topP, topP < 1 {
            let wanted = topP * weights.reduce(0, +)
            // Dropped once the tokens before have reached p.
            drop(&weights, scores) { _, before in before >= wanted }
        }
        if let minP = sampling.minP { weights = weights.map { $0 < minP ? 0 : $0 } }
        return weights
    }

    private var penalty: Double { Double(sampling.repetitionPenalty) }

    /// Drops tokens depending on their rank and the sum of the weights before them.
    private func drop(
        _ weights: inout [Double], _ scores: [Double], where isDropped: (_ rank: Int, _ before: Double) -> Bool
    ) {
        let order = scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        var before = 0.0
        for (rank, id) in order.enumerated() {
            let weight = weights[id]
            if isDropped(rank, before) { weights[id] = 0 }
            before += weight
        }
    }
}
