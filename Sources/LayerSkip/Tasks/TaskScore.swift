/// The share of a task's items that were answered correctly.
package struct TaskScore: Sendable, Equatable {
    /// The number of items that were answered correctly.
    package private(set) var hits = 0
    /// The number of items.
    package private(set) var count = 0

    /// Creates a score without items.
    package init() {}

    /// Adds an item.
    package mutating func add(_ isHit: Bool) {
        hits += isHit ? 1 : 0
        count += 1
    }

    /// The share.
    package var mean: Double { Double(hits) / Double(max(1, count)) }

    /// The standard error of the mean: the sample's standard deviation by the root of the number of items; nil for
    /// fewer than two.
    package var standardError: Double? {
        guard count > 1 else { return nil }
        return (mean * (1 - mean) / Double(count - 1)).squareRoot()
    }
}
