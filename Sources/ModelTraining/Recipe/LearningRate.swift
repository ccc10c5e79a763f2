#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The learning rate at each step: a linear warm-up to the peak, then a decay.
public struct LearningRate: Sendable, Equatable {
    /// The highest rate.
    public var peak = 1e-3
    /// Steps until it is reached; the first of them already learns.
    public var warmup = 0
    /// What comes then.
    public var decay = Decay.cosine
    /// The share of the peak that the decay ends at, 0...1.
    public var minimum = 0.1

    /// How the rate falls from the peak to the minimum.
    public enum Decay: String, Sendable, CaseIterable {
        /// Half a cosine wave: slow, fast, slow.
        case cosine
        /// A straight line.
        case linear
        /// Not at all.
        case constant
    }

    /// A cosine to a tenth, without warm-up.
    public init() {}

    /// The rate of a step.
    ///
    /// - Parameter step: 0..<steps; at `steps` itself the minimum would be reached.
    public func rate(step: Int, of steps: Int) -> Double {
        if step < warmup { return peak * Double(step + 1) / Double(warmup) }
        let progress = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
        let height =
            switch decay {
            case .cosine: (1 + cos(.pi * progress)) / 2
            case .linear: 1 - progress
            case .constant: 1.0
            }
        return peak * (minimum + (1 - minimum) * height)
    }
}
