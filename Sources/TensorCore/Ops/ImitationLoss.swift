import CTensorKernels
import CLibc

/// A loss of logits z, with p = softmax(z), that makes p more like the distribution q of another model, the target. No
/// gradient flows into q.
package enum ImitationLoss: Sendable, Equatable {
    /// KL(q || p) = sum of q ln(q / p), in nats (DistillSpec, arXiv 2310.08461, forward KL).
    case divergence
    /// -ln A with the acceptance A = sum of min(p, q): the probability that speculative sampling accepts a token drafted
    /// from p (LK-alpha, arXiv 2602.23881).
    case acceptance
    /// w KL(q || p) + (1 - w) (1 - A) with w = e^(-decay A), which is a constant to the gradient (LK-lambda, arXiv
    /// 2602.23881, but with the A of each row instead of a batch's mean, so that no row depends on its company).
    case mixedAcceptance(decay: Double)
    /// -ln p[argmax q], in nats: the token that greedy decoding accepts.
    case mostLikely
}

/// The distributions that an ``ImitationLoss`` has as its target.
package struct TargetDistributions {
    /// q: [n, vocabulary].
    package let probabilities: Tensor
    /// argmax q of each row.
    package let mostLikely: [Int32]
    /// The sum of q ln q of each row, in nats.
    fileprivate let negativeEntropies: [Double]
}

extension ComputeContext {
    /// softmax(logits), row by row, as the target of other logits: [n, vocabulary].
    package func targetDistributions(_ logits: Tensor) -> TargetDistributions {
        let functions = kernels.functions
        let probabilities = Tensor(rows: logits.rows, columns: logits.columns, on: self)
        let entropies = Storage(byteCount: logits.rows * MemoryLayout<Double>.stride)
        let tokens = Storage(byteCount: logits.rows * MemoryLayout<Int32>.stride)
        pool.run(count: logits.rows, grain: 1) { rows in
            for row in rows {
                let (z, q) = (
                    logits.pointer + row * logits.columns, probabilities.pointer + row * logits.columns
                )
                let normalizer = normalize(z, count: logits.columns, into: q)
                let comparison = functions.pointee.training.compare(q, z, q, logits.columns)
                entropies.elements(Double.self)[row] = comparison.mean_logit - normalizer
                // A row that is not finite has no largest value; its loss is NaN.
                let token = functions.pointee.argmax(z, logits.columns)
                tokens.elements(Int32.self)[row] = token < logits.columns ? Int32(token) : 0
            }
        }
        return TargetDistributions(
            probabilities: probabilities,
            mostLikely: Array(UnsafeBufferPointer(start: tokens.elements(Int32.self), count: logits.rows)),
            negativeEntropies: Array(UnsafeBufferPointer(start: entropies.elements(Double.self), count: logits.rows)))
    }

    /// The sum of the rows' losses, each times its weight, for each group of rows: [n, vocabulary] -> [groups, 1].
    package func imitationLoss(
        _ logits: Tensor, of target: TargetDistributions, _ loss: ImitationLoss, weights: [Float]
    ) -> Tensor {
        precondition(weights.count == logits.rows, "one weight per row")
        precondition(
            target.probabilities.rows == logits.rows && target.probabilities.columns == logits.columns,
            "a distribution for each row")
        // The gradient replaces p, which the loss needs anyway.
        let gradient = Tensor(rows: logits.rows, columns: logits.columns, on: self)
        let losses = Storage(byteCount: logits.rows * MemoryLayout<Double>.stride)
        pool.run(count: logits.rows, grain: 1) { rows in
            for row in rows {
                losses.elements(Double.self)[row] = imitate(
                    logits, row: row, target, loss, weight: weights[row], gradient: gradient[rows: row..<row + 1])
            }
        }
        let groups = groups(ofRows: logits.rows)
        let totals = groups.ranges.map { rows in
            Float(UnsafeBufferPointer(start: losses.elements(Double.self), count: logits.rows)[rows].reduce(0, +))
        }
        let result = Tensor(totals, rows: groups.count, columns: 1)
        guard let input = logits.node else { return result }
        return result.recorded(from: [logits], on: self) { upstream in
            for (rows, factor) in zip(groups.ranges, upstream.values) where factor != 1 && !rows.isEmpty {
                kernels.functions.pointee.scale(
                    factor, rows.count * gradient.columns, gradient[rows: rows].pointer)
            }
            input.receive(gradient)
        }
    }

    /// Writes softmax(z) and returns ln of the sum of e^z.
    private func normalize(_ z: UnsafePointer<Float>, count: Int, into p: UnsafeMutablePointer<Float>) -> Double {
        let functions = kernels.functions
        let maximum = functions.pointee.maximum(z, count)
        let sum = functions.pointee.exponential_sum(z, count, maximum, 1)
        functions.pointee.training.weighted_exponentials(z, count, maximum, Float(1 / sum), p)
        return log(sum) + Double(maximum)
    }

    /// Returns one row's weighted loss and writes its gradient.
    private func imitate(
        _ logits: Tensor, row: Int, _ target: TargetDistributions, _ loss: ImitationLoss, weight: Float,
        gradient: Tensor
    ) -> Double {
        let training = kernels.functions.pointee.training
        let count = logits.columns
        let (z, p) = (logits.pointer + row * count, gradient.pointer)
        let q = target.probabilities.pointer + row * count
        let normalizer = normalize(z, count: count, into: p)
        let comparison = training.compare(p, z, q, count)
        let divergence = target.negativeEntropies[row] - comparison.mean_logit + normalizer
        // Far from 0, where 1 / A overflows; gradients stay in -1...1, because no part of A exceeds A.
        let acceptance = max(comparison.overlap, 1e-30)
        /// The gradient of KL times `kl`, and that of -A times `a`: dA/dz = p [p < q] - p sum(p [p < q]).
        func write(kl: Double, a: Double) {
            training.comparison_gradient(
                p, q, count, weight * Float(kl + a * comparison.lower), weight * Float(-kl), weight * Float(-a), p)
        }
        let value: Double
        switch loss {
        case .divergence:
            value = divergence
            write(kl: 1, a: 0)
        case .acceptance:
            value = -log(acceptance)
            write(kl: 0, a: 1 / acceptance)
        case .mixedAcceptance(let decay):
            let share = exp(-decay * comparison.overlap)
            value = share * divergence + (1 - share) * (1 - comparison.overlap)
            write(kl: share, a: 1 - share)
        case .mostLikely:
            let token = Int(target.mostLikely[row])
            value = normalizer - Double(z[token])
            training.comparison_gradient(p, q, count, weight, 0, 0, p)
            p[token] -= weight
        }
        // NaN and infinity must not disappear in a maximum.
        return Double(weight) * (normalizer.isFinite ? value : .nan)
    }
}
