import LanguageModels
import TensorCore
import CLibc

extension Candidates {
    /// Adds a row's tokens to the candidates, which are already scaled, and keeps those that pass top-k, top-p and
    /// min-p.
    ///
    /// Nearly all of a vocabulary is only compared with a floor, which is lowered until all tokens that can pass are
    /// above it.
    mutating func add(_ row: Tensor, _ scale: LogitScale, filteredBy sampling: Sampling, on compute: ComputeContext) {
        // Top-k comes first; top-p then needs only the weight of k tokens.
        let rowWeight =
            sampling.candidateLimit == nil && sampling.nucleus != nil ? scale.weight(of: row, on: compute) : 0
        let total = weight + rowWeight
        let scaledBefore = all.count
        let lowest = -Float.greatestFiniteMagnitude
        var floor = sampling.isFiltered ? max(compute.maximum(row), lowest) : lowest
        // In logits: the first step reaches tokens that are e^4 = 55 times less likely. Doubling reaches any logit.
        var step: Float = 4
        repeat {
            floor = max(floor - step, lowest)
            step *= 2
            keepFirst(scaledBefore)
            add(row, atLeast: floor, scale, on: compute)
        } while floor > lowest && !hasAll(of: sampling, total, above: scale(Double(floor)))

        if let limit = sampling.candidateLimit { keepTop(limit) }
        if let nucleus = sampling.nucleus {
            keepTop(weight: nucleus * (sampling.candidateLimit == nil ? total : weight))
        }
        if let minP = sampling.minP { keep(atLeast: minP) }
    }

    /// Whether every token that can pass the first filter is above the floor.
    private func hasAll(of sampling: Sampling, _ total: Double, above floor: Double) -> Bool {
        if let limit = sampling.candidateLimit { return all.count { $0.logit > floor } >= limit }
        if let nucleus = sampling.nucleus {
            return all.reduce(0) { $1.logit > floor ? $0 + exp($1.logit) : $0 } >= nucleus * total
        }
        if let minP = sampling.minP { return floor < log(minP) }
        return false
    }

    private mutating func keepTop(_ count: Int) {
        guard count < all.count else { return }
        keepBest { kept, _ in kept < count }
    }

    /// Keeps the fewest most likely tokens whose weights together reach `weight`.
    private mutating func keepTop(weight: Double) { keepBest { _, sum in sum < weight } }

    private mutating func keep(atLeast share: Double) {
        let threshold = log(share)
        all.removeAll { $0.logit < threshold }
    }
}
