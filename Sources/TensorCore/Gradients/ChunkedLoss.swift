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
    ///   - groups: the groups of x's rows; by default all rows are one.
    ///   - loss: returns the losses [groups, 1] of a chunk, given its rows of x and their indices.
    /// - Returns: [groups, 1]
    package func chunkedLoss(
        _ x: Tensor, rowsAtOnce: Int, groups: RowGroups? = nil,
        _ loss: (_ chunk: Tensor, _ rows: Range<Int>) -> Tensor
    ) -> Tensor {
        precondition(rowsAtOnce > 0, "a chunk has rows")
        let groups = groups ?? RowGroups(counts: [x.rows])
        precondition(groups.rows == x.rows, "a group for each row")
        let plain = x.detached()
        let gradient = x.isRecorded ? Tensor(rows: x.rows, columns: x.columns, on: self) : nil
        var totals = Array(repeating: 0.0, count: groups.count)
        for (rows, present) in groups.chunks(limit: rowsAtOnce) {
            let part = gradient?[rows: rows]
            let chunk = part.map { leaf(plain[rows: rows], gathering: $0) } ?? plain[rows: rows]
            let losses = withGroups(present) { loss(chunk, rows) }
            for (group, loss) in losses.values.enumerated() { totals[group] += Double(loss) }
            losses.backward()
            if let part, chunk.node?.gradient == nil { part.fill(0) }
        }
        let result = Tensor(totals.map { Float($0) }, rows: groups.count, columns: 1)
        guard let gradient else { return result }
        return result.recorded(from: [x], on: self) { [input = x.node] upstream in
            precondition(upstream.values.allSatisfy { $0 == 1 }, "a chunked loss may only be added to others")
            input?.receive(gradient)
        }
    }
}
