import CTensorKernels

/// x / sqrt(mean(x^2) + epsilon) * gain, row by row. Zhang and Sennrich, arXiv 1910.07467, eq. 4.
package struct RMSNorm: Sendable {
    /// [1, width]
    package let gain: Tensor
    package let epsilon: Float

    package init(gain: Tensor, epsilon: Float) {
        precondition(gain.rows == 1, "one gain per column")
        self.gain = gain
        self.epsilon = epsilon
    }
}

extension ComputeContext {
    /// The norm of each row: [n, width] -> [n, width].
    package func rmsNorm(_ x: Tensor, _ norm: RMSNorm) -> Tensor {
        precondition(norm.gain.columns == x.columns, "one gain per column")
        let result = Tensor(rows: x.rows, columns: x.columns, on: self)
        pool.run(count: x.rows, grain: 16) { rows in
            for row in rows {
                let offset = row * x.columns
                kernels.functions.pointee.rms_norm(
                    x.pointer + offset, norm.gain.pointer, x.columns, norm.epsilon, result.pointer + offset)
            }
        }
        return result
    }
}
