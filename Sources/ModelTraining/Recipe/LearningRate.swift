import CLibc

/// The learning rate at each step: a linear warm-up to the peak, then a decay.
public struct LearningRate: Sendable, Equatable {
    /// The highest rate.
    public var peak = 1e-3
    /// The number of steps until the peak. The first already has a rate above 0.
    public var warmup = 0
    /// How the rate falls after the warm-up.
    public var decay = Decay.cosine
    /// The number of last steps in which it falls; before them it stays at the peak (warm-up, stable, decay). nil for all
    /// steps after the warm-up.
    public var decaySteps: Int?
    /// The rate at the end of the decay, as a share of the peak, 0...1.
    public var minimum = 0.1

    /// How the rate falls from the peak to the minimum.
    public enum Decay: String, Sendable, CaseIterable {
        /// Along half a cosine wave: slowly, fast, slowly.
        case cosine
        /// Along a straight line.
        case linear
        /// It does not fall.
        case constant
    }

    /// Creates a cosine decay to a tenth of the peak, without warm-up.
    public init() {}

    /// Returns the rate of a step.
    ///
    /// - Parameter step: 0..<steps. The minimum would be reached at `steps`.
    public func rate(step: Int, of steps: Int) -> Double {
        if step < warmup { return peak * Double(step + 1) / Double(warmup) }
        let start = decaySteps.map { max(warmup, steps - $0) } ?? warmup
        let progress = min(1, Double(max(0, step - start)) / Double(max(1, steps - start)))
        let height =
            switch decay {
            case .cosine: (1 + cos(.pi * progress)) / 2
            case .linear: 1 - progress
            case .constant: 1.0
            }
        return peak * (minimum + (1 - minimum) * height)
    }
}
