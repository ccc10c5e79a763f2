import TensorCore

/// Layer dropout (LayerSkip, arXiv 2404.16710, equations 1 to 4): x[l+1] = x[l] + M(p) f_l(x[l]) for each sequence,
/// where M is 0 with probability p(l,t) = S(t) D(l) p_max, else 1. Nothing is rescaled.
///
/// Each decision is a function of seed, step, layer and sequence, so that a resumed run, and every rank of a parallel
/// run, makes the same decisions.
public struct LayerDropout: Sendable, Equatable {
    /// p_max, the maximum rate, 0..<1. 0 drops nothing.
    public var maximum = 0.0
    /// D(l).
    public var depth = DepthProfile.exponential
    /// S(t).
    public var time = TimeProfile.constant

    /// Creates a dropout that drops nothing.
    public init() {}

    /// Returns p(l,t), the probability that a sequence skips a layer.
    ///
    /// - Parameters:
    ///   - layer: 0..<layerCount.
    ///   - step: 0..<steps.
    public func probability(layer: Int, of layerCount: Int, step: Int, of steps: Int) -> Double {
        time.value(step: step, of: steps) * depth.value(layer: layer, of: layerCount) * maximum
    }

    /// Returns the indices of the sequences that a layer runs on, in ascending order.
    ///
    /// - Parameters:
    ///   - layer: 0..<moment.layerCount.
    ///   - sequences: the number of each sequence within its step.
    package func kept(layer: Int, sequences: some Collection<Int>, at moment: Step) -> [Int] {
        let rate = probability(layer: layer, of: moment.layerCount, step: moment.step, of: moment.steps)
        guard rate > 0 else { return Array(0..<sequences.count) }
        let random = CounterRandom(seed: moment.seed, Self.label, UInt64(moment.step), UInt64(layer))
        return sequences.enumerated().filter { random.uniform(UInt64($0.element)) >= rate }.map(\.offset)
    }

    /// Distinguishes these random numbers from others with the same seed.
    private static let label: UInt64 = 0x6472_6f70

    /// The inputs of a decision other than layer and sequence.
    package struct Step: Sendable {
        /// The run's seed.
        package let seed: UInt64
        /// t, from 0.
        package let step: Int
        /// T.
        package let steps: Int
        /// L.
        package let layerCount: Int

        package init(seed: UInt64, step: Int, of steps: Int, layerCount: Int) {
            self.seed = seed
            self.step = step
            self.steps = steps
            self.layerCount = layerCount
        }
    }
}
