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

extension RMSNorm {
    /// The same norm without a gradient node.
    package func detached() -> RMSNorm { RMSNorm(gain: gain.detached(), epsilon: epsilon) }
}

extension ComputeContext {
    /// The norm of each row, recomputed for products of the backward pass. It takes a hundredth of their time, and
    /// keeping it would take as much memory as x.
    func recomputedNorm(of x: Tensor, _ norm: RMSNorm) -> RecomputedTensor {
        RecomputedTensor { [x = x.detached(), norm = norm.detached()] in self.rmsNorm(x, norm) }
    }

    /// The norm of each row: [n, width] -> [n, width].
    package func rmsNorm(_ x: Tensor, _ norm: RMSNorm) -> Tensor {
        precondition(norm.gain.columns == x.columns, "one gain per column")
        return rmsNormOfParts(x, norm)
    }

    /// The norm of each head of each row, with the same gains for all heads: [n, heads * headDimension] -> [n, heads *
    /// headDimension]. Henry et al., "Query-Key Normalization for Transformers" (arXiv 2010.04245), with an RMS norm.
    package func headNorms(_ x: Tensor, _ norm: RMSNorm) -> Tensor {
        precondition(x.columns % norm.gain.columns == 0, "whole heads of one gain per column")
        return rmsNormOfParts(x, norm)
    }

    /// The norm of each part of x, whose rows are cut into parts as wide as the gains.
    private func rmsNormOfParts(_ x: Tensor, _ norm: RMSNorm) -> Tensor {
        let width = norm.gain.columns
        let parts = x.rows * (x.columns / width)
        let result = Tensor(rows: x.rows, columns: x.columns, on: self)
        let job = NormJob(
            x: x.pointer, gain: norm.gain.pointer, result: result.pointer, parts: parts, width: width,
            epsilon: norm.epsilon, kernels: kernels)
        job.run(on: pool)
        guard x.isRecorded || norm.gain.isRecorded else { return result }
        let groups = groups(ofRows: x.rows).cut(into: x.columns / width)
        return result.recorded(from: [x, norm.gain], on: self) { gradient in
            let chunks = Chunks(groups)
            let partialSums = norm.gain.node.map { _ in ChunkSums(chunks, columns: width, on: self) }
            func goBack(into dx: Tensor?, adding: Bool) {
                pool.run(count: chunks.count, grain: 1) { range in
                    for chunk in range {
                        for part in chunks[chunk] {
                            let offset = part * width
                            kernels.functions.pointee.training.rms_norm_gradient(
                                x.pointer + offset, norm.gain.pointer, gradient.pointer + offset, width,
                                norm.epsilon, adding, dx.map { $0.pointer + offset }, partialSums?.pointer(chunk))
                        }
                    }
                }
            }
            if let input = x.node {
                input.accumulate { goBack(into: $0, adding: $1) }
            } else {
                goBack(into: nil, adding: false)
            }
            if let partialSums {
                norm.gain.node?.accumulate(groups) {
                    partialSums.total(of: chunks.chunks(of: $0), into: $1, adding: $2)
                }
            }
        }
    }
}

/// The norms of consecutive parts. It holds only addresses and numbers, because decoding normalizes heads for every
/// token.
private struct NormJob: ParallelJob, @unchecked Sendable {
    let x: UnsafePointer<Float>
    let gain: UnsafePointer<Float>
    let result: UnsafeMutablePointer<Float>
    let parts: Int
    let width: Int
    let epsilon: Float
    let kernels: KernelTable

    /// Parts that a thread takes at once: enough to be worth waking it.
    private var grain: Int { max(16, (1 << 12) / width) }

    /// Runs on all threads, or on the caller's alone if there is little to do.
    func run(on pool: ThreadPool) {
        guard parts > grain else { return compute(0..<parts) }
        pool.run(self)
    }

    func run(_ thread: inout RegionThread) { thread.share(parts, grain: grain) { compute($0) } }

    private func compute(_ parts: Range<Int>) {
        for part in parts {
            let offset = part * width
            kernels.functions.pointee.rms_norm(x + offset, gain, width, epsilon, result + offset)
        }
    }
}
