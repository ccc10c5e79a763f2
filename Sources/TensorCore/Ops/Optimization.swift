import CTensorKernels

/// One step of AdamW, as numbers that are the same for all elements. Loshchilov and Hutter, "Decoupled Weight Decay
/// Regularization" (arXiv 1711.05101), algorithm 2, with the decay multiplied by the learning rate alone.
package struct AdamWStep: Sendable {
    fileprivate let constants: ctk_adamw

    /// - Parameters:
    ///   - number: which step it is, from 1 on.
    ///   - gradientScale: what gradients are multiplied by first.
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
    /// Changes the values and both moments, of the same shape, in place. Where no gradient has arrived, nothing
    /// happens.
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

    /// The sum of the gradient's squares, in f64; 0 where there is none. Fixed chunks are added in order, so threads
    /// change no bit.
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
