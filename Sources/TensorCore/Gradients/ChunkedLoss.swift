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
        chunkedLosses([x], rowsAtOnce: rowsAtOnce, groups: groups) { _, chunk, rows in loss(chunk, rows) }[0]
    }

    /// The same for several inputs with the same rows: each chunk of rows of all inputs, in their order, comes before
    /// the next chunk. So the loss of one may depend on values that another one has computed for the same rows.
    ///
    /// - Parameter loss: the first argument is the input's index.
    /// - Returns: the loss [groups, 1] of each input.
    package func chunkedLosses(
        _ inputs: [Tensor], rowsAtOnce: Int, groups: RowGroups? = nil,
        _ loss: (_ input: Int, _ chunk: Tensor, _ rows: Range<Int>) -> Tensor
    ) -> [Tensor] {
        precondition(rowsAtOnce > 0, "a chunk has rows")
        precondition(!inputs.isEmpty && inputs.allSatisfy { $0.rows == inputs[0].rows }, "inputs of the same rows")
        let groups = groups ?? RowGroups(counts: [inputs[0].rows])
        precondition(groups.rows == inputs[0].rows, "a group for each row")
        let gradients = inputs.map { $0.isRecorded ? Tensor(rows: $0.rows, columns: $0.columns, on: self) : nil }
        var totals = inputs.map { _ in Array(repeating: 0.0, count: groups.count) }
        for (rows, present) in groups.chunks(limit: rowsAtOnce) {
            for (input, x) in inputs.enumerated() {
                let values = x.detached()[rows: rows]
                let part = gradients[input]?[rows: rows]
                let chunk = part.map { leaf(values, gathering: $0) } ?? values
                let losses = withGroups(present) { loss(input, chunk, rows) }
                for (group, loss) in losses.values.enumerated() { totals[input][group] += Double(loss) }
                losses.backward()
                if let part, chunk.node?.gradient == nil { part.fill(0) }
            }
        }
        return inputs.indices.map { input in
            let result = Tensor(totals[input].map { Float($0) }, rows: groups.count, columns: 1)
            guard let gradient = gradients[input] else { return result }
            return result.recorded(from: [inputs[input]], on: self) { [node = inputs[input].node] upstream in
                precondition(upstream.values.allSatisfy { $0 == 1 }, "a chunked loss may only be added to others")
                node?.receive(gradient)
            }
        }
    }
}
