import CTensorKernels

extension ComputeContext {
    /// x / sqrt(mean(x^2) + epsilon) * gain, row by row: [n, width] -> [n, width], with a gain [1, width].
    /// Zhang and Sennrich, arXiv 1910.07467, eq. 4.
    package func rmsNorm(_ x: Tensor, gain: Tensor, epsilon: Float) -> Tensor {
        precondition(gain.rows == 1 && gain.columns == x.columns, "one gain per column")
        let result = Tensor(rows: x.rows, columns: x.columns)
        pool.run(count: x.rows, grain: 16) { rows in
            for row in rows {
                let offset = row * x.columns
                kernels.functions.pointee.rms_norm(
                    x.pointer + offset, gain.pointer, x.columns, epsilon, result.pointer + offset)
            }
        }
        return result
    }
}
