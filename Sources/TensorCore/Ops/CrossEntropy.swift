#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ComputeContext {
    /// -ln softmax(row)[target] in nats, row by row: [n, vocabulary] -> n losses; a row that is not finite gives NaN.
    package func crossEntropy(_ logits: Tensor, targets: [Int32]) -> [Double] {
        precondition(targets.count == logits.rows, "one target per row")
        precondition(targets.allSatisfy { $0 >= 0 && $0 < logits.columns }, "a column for each target")
        let losses = Storage(byteCount: targets.count * MemoryLayout<Double>.stride)
        pool.run(count: targets.count, grain: 1) { rows in
            for row in rows {
                let values = UnsafeBufferPointer(start: logits.pointer + row * logits.columns, count: logits.columns)
                let maximum = values.reduce(-Float.infinity) { max($0, $1) }
                let sum = values.reduce(0.0) { $0 + Double(expf($1 - maximum)) }
                losses.elements(Double.self)[row] = log(sum) + Double(maximum) - Double(values[Int(targets[row])])
            }
        }
        return Array(UnsafeBufferPointer(start: losses.elements(Double.self), count: targets.count))
    }
}
