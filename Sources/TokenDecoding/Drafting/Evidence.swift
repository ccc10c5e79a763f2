/// How often drafts of one kind were accepted lately. Old observations fade, because texts change.
struct Evidence {
    private var hits = 0.0
    private var count = 0.0

    /// Counts one observation.
    mutating func add(isHit: Bool) {
        fade(by: Self.memory)
        hits += isHit ? 1 : 0
        count += 1
    }

    /// Lets observations count less.
    mutating func fade(by factor: Double) {
        hits *= factor
        count *= factor
    }

    /// The estimated chance of a hit.
    ///
    /// - Parameters:
    ///   - expected: the chance without observations.
    ///   - weight: the number of observations that it counts as.
    func chance(expected: Double, weight: Double = 3) -> Double { (hits + weight * expected) / (count + weight) }

    /// Fifty observations or so count.
    private static let memory = 0.98
}
