public import TensorCore

/// Adam with decoupled weight decay: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2, where the decay is
/// multiplied by the learning rate alone, as in PyTorch. Vectors (gains) are not decayed.
///
/// A parameter for which no gradient has arrived keeps its value and moments, and the step does not count for it: the
/// bias correction of its moments counts its own updates, as in PyTorch.
public struct AdamW {
    /// Decay rates of the two moments.
    public let betas: (Double, Double)
    /// Added to the root of the second moment.
    public let epsilon: Double
    /// Share of a weight that is taken off, times the learning rate.
    public let weightDecay: Double
    /// The moments of each parameter, in the order of the parameters; none before the first step.
    package private(set) var moments: [Moments] = []

    /// Running means of a parameter's gradient and of its square, in f32, of the parameter's shape.
    package struct Moments {
        package let first: Tensor
        package let second: Tensor
        /// How many gradients they are means of.
        package fileprivate(set) var updates: Int

        package init(first: Tensor, second: Tensor, updates: Int = 0) {
            self.first = first
            self.second = second
            self.updates = updates
        }
    }

    /// An optimizer that has done nothing yet.
    public init(betas: (Double, Double) = (0.9, 0.95), epsilon: Double = 1e-8, weightDecay: Double = 0.1) {
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// Goes on where another optimizer stopped.
    package mutating func resume(_ moments: [Moments]) { self.moments = moments }

    /// Changes parameters, the same and in the same order each time, by their gradients.
    ///
    /// - Parameter gradientScale: what gradients are multiplied by first, for clipping.
    public mutating func step(_ parameters: [Parameter], learningRate: Double, gradientScale: Double = 1) {
        if moments.isEmpty {
            moments = parameters.map { parameter in
                Moments(
                    first: Tensor(zeroRows: parameter.rows, columns: parameter.columns),
                    second: Tensor(zeroRows: parameter.rows, columns: parameter.columns))
            }
        }
        precondition(moments.count == parameters.count, "the same parameters each time")
        for (index, parameter) in parameters.enumerated() where parameter.gradient != nil {
            moments[index].updates += 1
            let step = AdamWStep(
                number: moments[index].updates, betas: betas, epsilon: epsilon,
                weightDecay: parameter.rows > 1 ? weightDecay : 0, learningRate: learningRate,
                gradientScale: gradientScale)
            parameter.apply(step, firstMoment: moments[index].first, secondMoment: moments[index].second)
        }
    }
}
