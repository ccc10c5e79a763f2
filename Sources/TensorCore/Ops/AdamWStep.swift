import CTensorKernels

/// The constants of one AdamW step, which are the same for all elements. Loshchilov and Hutter, "Decoupled Weight Decay
/// Regularization" (arXiv 1711.05101), algorithm 2, with the decay multiplied by the learning rate alone.
package struct AdamWStep: Sendable {
    let constants: ctk_adamw

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
