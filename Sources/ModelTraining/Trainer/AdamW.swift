package import TensorCore

/// Adam with decoupled weight decay: Loshchilov and Hutter, arXiv 1711.05101, algorithm 2, except that the decay is
/// multiplied only by the learning rate, as in PyTorch. Vectors (gains) are not decayed.
///
/// A parameter without a gradient keeps its value and moments, and the step does not count for it: the bias correction
/// counts each parameter's own updates, as in PyTorch.
package struct AdamW {
    /// Decay rates of the two moments.
    package let betas: (Double, Double)
    /// Added to the square root of the second moment.
    package let epsilon: Double
    /// The share of a weight that each step removes, times the learning rate.
    package let weightDecay: Double
    /// The moments of each parameter, in the order of the parameters; empty before the first step.
    package private(set) var moments: [Moments] = []

    /// Running means of a parameter's gradient and of its square, in f32, element after element. One of several
    /// processes has only those of its part.
    package struct Moments {
        package let first: Tensor
        package let second: Tensor
        /// The number of gradients in the means.
        package fileprivate(set) var updates: Int

        package init(first: Tensor, second: Tensor, updates: Int = 0) {
            self.first = first
            self.second = second
            self.updates = updates
        }

        /// Creates moments of no gradients.
        package init(count: Int) {
            self.init(first: Tensor(zeroRows: 1, columns: count), second: Tensor(zeroRows: 1, columns: count))
        }
    }

    /// Creates an optimizer without moments.
    package init(betas: (Double, Double) = (0.9, 0.95), epsilon: Double = 1e-8, weightDecay: Double = 0.1) {
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// Resumes from the moments of an earlier optimizer.
    package mutating func resume(_ moments: [Moments]) { self.moments = moments }

    /// Updates parameters by their own gradients. Every call must pass the same parameters in the same order.
    ///
    /// - Parameter gradientScale: a factor for the gradients, for clipping.
    package mutating func step(_ parameters: [Parameter], learningRate: Double, gradientScale: Double = 1) {
        if moments.isEmpty { moments = parameters.map { Moments(count: $0.count) } }
        precondition(moments.count == parameters.count, "the same parameters")
        for (index, parameter) in parameters.enumerated() {
            update(
                parameter, index, by: parameter.wholeGradient, learningRate: learningRate,
                gradientScale: gradientScale)
        }
    }

    /// Updates a part of one parameter.
    ///
    /// - Parameters:
    ///   - index: the parameter's place in the order of all parameters.
    ///   - part: a part, which may be empty; nil if the parameter has no gradient.
    ///   - gradientScale: a factor for the gradient, for clipping.
    package mutating func update(
        _ parameter: Parameter, _ index: Int, by part: GradientPart?, learningRate: Double, gradientScale: Double
    ) {
        guard let part else { return }
        moments[index].updates += 1
        let step = AdamWStep(
            number: moments[index].updates, betas: betas, epsilon: epsilon,
            weightDecay: parameter.isMatrix ? weightDecay : 0, learningRate: learningRate,
            gradientScale: gradientScale)
        parameter.apply(step, to: part, firstMoment: moments[index].first, secondMoment: moments[index].second)
    }
}
