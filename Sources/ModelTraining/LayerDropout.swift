import TensorCore

/// Layer dropout (LayerSkip, arXiv 2404.16710, equations 1 to 4): x[l+1] = x[l] + M(p) f_l(x[l]) for each sequence,
/// where M is 0 with probability p(l,t) = S(t) D(l) p_max, else 1. Nothing is rescaled.
///
/// A decision is a function of seed, step, layer and sequence, so that a resumed run and every rank of a parallel one
/// drop the same.
public struct LayerDropout: Sendable, Equatable {
    /// p_max, the last layer's rate at the end: 0..<1. 0 drops nothing.
    public var maximum = 0.0
    /// D(l).
    public var depth = DepthProfile.exponential
    /// S(t).
    public var time = TimeProfile.constant

    /// Drops nothing.
    public init() {}

    /// p(l,t), the probability that a sequence skips a layer.
    ///
    /// - Parameters:
    ///   - layer: 0..<layerCount.
    ///   - step: 0..<steps.
    public func probability(layer: Int, of layerCount: Int, step: Int, of steps: Int) -> Double {
        time.value(step: step, of: steps) * depth.value(layer: layer, of: layerCount) * maximum
    }

    /// Which sequences a layer is run on, in ascending order.
    ///
    /// - Parameters:
    ///   - layer: 0..<moment.layerCount.
    ///   - sequences: the numbers of the sequences within their step.
    package func kept(layer: Int, sequences: Range<Int>, at moment: Moment) -> [Int] {
        let rate = probability(layer: layer, of: moment.layerCount, step: moment.step, of: moment.steps)
        guard rate > 0 else { return Array(sequences) }
        let random = CounterRandom(seed: moment.seed, Self.label, UInt64(moment.step), UInt64(layer))
        return sequences.filter { random.uniform(UInt64($0)) >= rate }
    }

    /// Sets these random numbers apart from others of the same seed.
    private static let label: UInt64 = 0x6472_6f70

    /// What a decision depends on beside layer and sequence.
    package struct Moment: Sendable {
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
