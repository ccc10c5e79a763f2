/// A stopwatch that runs from its creation.
package struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    /// Starts now.
    package init() {}

    /// Seconds so far.
    package var seconds: Double {
        let elapsed = ContinuousClock.now - start
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
}
