extension ComputeContext {
    /// Sums a loss over chunks of rows of x. Back-propagates each chunk immediately, adds to the gradients of
    /// parameters, and keeps only the gradient with respect to x. So the logits of all rows, which would take more
    /// memory than the model, never exist at the same time.
    ///
    /// This works because the gradient of a loss with respect to itself is known to be 1. The result may therefore only
    /// be added to other losses.
    ///
    /// - Parameters:
    ///   - x: [n, columns]
    ///   - rowsAtOnce: rows per chunk.
    ///   - loss: returns the loss [1, 1] of a chunk, given its rows of x and their indices.
    /// - Returns: [1, 1]
    package func chunkedLoss(
        _ x: Tensor, rowsAtOnce: Int, _ loss: (_ chunk: Tensor, _ rows: Range<Int>) -> Tensor
    ) -> Tensor {
        precondition(rowsAtOnce > 0, "a chunk has rows")
        let plain = x.detached()
        let gradient = x.isRecorded ? Tensor(rows: x.rows, columns: x.columns, on: self) : nil
        var total = 0.0
        for start in stride(from: 0, to: x.rows, by: rowsAtOnce) {
            let rows = start..<min(start + rowsAtOnce, x.rows)
            let part = gradient?[rows: rows]
            let chunk = part.map { leaf(plain[rows: rows], gathering: $0) } ?? plain[rows: rows]
            let value = loss(chunk, rows)
            total += Double(value.scalar)
            value.backward()
            if let part, chunk.node?.gradient == nil { part.fill(0) }
        }
        let result = Tensor([Float(total)], rows: 1, columns: 1)
        guard let gradient else { return result }
        return result.recorded(from: [x], on: self) { [input = x.node] upstream in
            precondition(upstream.scalar == 1, "a chunked loss may only be added to others")
            input?.receive(gradient)
        }
    }
}
