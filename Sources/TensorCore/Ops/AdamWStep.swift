import CTensorKernels

/// The constants of one AdamW step, which are the same for all elements. Loshchilov and Hutter, "Decoupled Weight Decay
/// Regularization" (arXiv 1711.05101), algorithm 2, with the decay multiplied by the learning rate alone.
package struct AdamWStep: Sendable {
    fileprivate let constants: ctk_adamw

    /// - Parameters:
    ///   - number: the step's number, from 1 on.
    ///   - gradientScale: the factor by which gradients are multiplied first.
    package init(
        number: Int, betas: (Double, Double), epsilon: Double, weightDecay: Double, learningRate: Double,
        gradientScale: Double
    ) {
        constants = ctk_adamw(
            gradient_scale: Float(gradientScale), beta1: Float(betas.0), beta2: Float(betas.1),
            keep: Float(1 - learningRate * weightDecay),
            rate: Float(learningRate / (1 - power(betas.0, number))),
            root_scale: Float(1 / (1 - power(betas.1, number)).squareRoot()), epsilon: Float(epsilon))
    }
}

/// Integer powers, the same on every system.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}

extension Parameter {
    /// Updates the values and both moments, which have the same shape, in place. Does nothing if there is no gradient.
    package func apply(_ step: AdamWStep, firstMoment: Tensor, secondMoment: Tensor) {
        guard let gradient else { return }
        precondition(
            firstMoment.rows == rows && firstMoment.columns == columns && secondMoment.rows == rows
                && secondMoment.columns == columns, "moments of the parameter's shape")
        compute.pool.run(count: count, grain: 1 << 14) { elements in
            var constants = step.constants
            let first = elements.lowerBound
            compute.kernels.functions.pointee.training.adamw_step(
                &constants, gradient.pointer + first, elements.count, values.pointer + first,
                firstMoment.pointer + first, secondMoment.pointer + first)
        }
    }

    /// The sum of the gradient's squares in f64; 0 if there is no gradient. Chunks of a fixed size are added in order,
    /// so the bits do not depend on threads.
    package var gradientSquares: Double {
        guard let gradient else { return 0 }
        let size = 1 << 14
        let chunks = (count + size - 1) / size
        let sums = Storage(byteCount: chunks * MemoryLayout<Double>.stride)
        compute.pool.run(count: chunks, grain: 1) { range in
            for chunk in range {
                let first = chunk * size
                sums.elements(Double.self)[chunk] = compute.kernels.functions.pointee.training.sum_of_squares(
                    gradient.pointer + first, min(size, count - first))
            }
        }
        return UnsafeBufferPointer(start: sums.elements(Double.self), count: chunks).reduce(0, +)
    }
}
