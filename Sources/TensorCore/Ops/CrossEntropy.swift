import CTensorKernels
import CLibc

extension ComputeContext {
    /// -ln softmax(row)[target] in nats, row by row: [n, vocabulary] -> n losses. A row that is not finite gives NaN. A
    /// target of -1 is not scored and gives 0.
    package func crossEntropy(_ logits: Tensor, targets: [Int32]) -> [Double] {
        softmaxSums(logits, targets).map(\.loss)
    }

    /// softmax(row)[token] of one row of logits.
    package func probability(of token: Int32, _ logits: Tensor, row: Int) -> Double {
        exp(-softmaxSum(logits, row: row, target: token).loss)
    }

    /// The weighted sum of the rows' losses, for each group of rows: [n, vocabulary] -> [groups, 1]. A target of -1 is
    /// not scored.
    package func crossEntropy(_ logits: Tensor, targets: [Int32], weight: Float) -> Tensor {
        let weights = Array(repeating: weight, count: logits.rows)
        return crossEntropy(logits, targets, weights) { Double(weight) * $0.reduce(0) { $0 + $1.loss } }
    }

    /// The same with a weight for each row.
    package func crossEntropy(_ logits: Tensor, targets: [Int32], weights: [Float]) -> Tensor {
        precondition(weights.count == logits.rows, "one weight per row")
        return crossEntropy(logits, targets, weights) { sums in
            zip(weights[sums.indices], sums).reduce(0) { $0 + Double($1.0) * $1.1.loss }
        }
    }

    private func crossEntropy(
        _ logits: Tensor, _ targets: [Int32], _ weights: [Float], sum: (ArraySlice<SoftmaxSum>) -> Double
    ) -> Tensor {
        let sums = softmaxSums(logits, targets)
        let groups = groups(ofRows: logits.rows)
        let result = Tensor(groups.ranges.map { Float(sum(sums[$0])) }, rows: groups.count, columns: 1)
        guard let input = logits.node else { return result }
        return result.recorded(from: [logits], on: self) { [logits = logits.detached()] upstream in
            let weights = zip(groups.ranges, upstream.values).flatMap { rows, upstream in
                weights[rows].map { $0 * upstream }
            }
            input.receive(softmaxGradient(logits, targets, sums, weights: weights))
        }
    }

    /// weight * (softmax - 1 at the target), row by row; 0 for rows that are not scored.
    private func softmaxGradient(
        _ logits: Tensor, _ targets: [Int32], _ sums: [SoftmaxSum], weights: [Float]
    ) -> Tensor {
        let result = Tensor(rows: logits.rows, columns: logits.columns, on: self)
        pool.run(count: logits.rows, grain: 1) { rows in
            for row in rows {
                let gradient = result[rows: row..<row + 1]
                guard targets[row] >= 0 else {
                    gradient.fill(0)
                    continue
                }
                kernels.functions.pointee.training.weighted_exponentials(
                    logits.pointer + row * logits.columns, logits.columns, sums[row].maximum,
                    Float(Double(weights[row]) / sums[row].sum), gradient.pointer)
                gradient.pointer[Int(targets[row])] -= weights[row]
            }
        }
        return result
    }

    private func softmaxSums(_ logits: Tensor, _ targets: [Int32]) -> [SoftmaxSum] {
        precondition(targets.count == logits.rows, "one target per row")
        precondition(targets.allSatisfy { $0 >= -1 && $0 < logits.columns }, "a column for each target, or -1")
        let sums = Storage(byteCount: targets.count * MemoryLayout<SoftmaxSum>.stride)
        pool.run(count: targets.count, grain: 1) { rows in
            for row in rows {
                sums.elements(SoftmaxSum.self)[row] =
                    targets[row] < 0 ? SoftmaxSum() : softmaxSum(logits, row: row, target: targets[row])
            }
        }
        return Array(UnsafeBufferPointer(start: sums.elements(SoftmaxSum.self), count: targets.count))
    }

    private func softmaxSum(_ logits: Tensor, row: Int, target: Int32) -> SoftmaxSum {
        precondition(row >= 0 && row < logits.rows && target >= 0 && target < logits.columns, "a logit of the row")
        let values = logits.pointer + row * logits.columns
        let maximum = kernels.functions.pointee.maximum(values, logits.columns)
        let sum = kernels.functions.pointee.exponential_sum(values, logits.columns, maximum, 1)
        return SoftmaxSum(
            maximum: maximum, sum: sum, loss: log(sum) + Double(maximum) - Double(values[Int(target)]))
    }
}

/// A row's largest value, its sum of e^(x - maximum), and its target's loss.
private struct SoftmaxSum {
    var maximum: Float = 0
    var sum = 1.0
    var loss = 0.0
}
