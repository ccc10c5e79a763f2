extension ComputeContext {
    /// x w^T + summand: [n, columns] by [rows, columns] -> [n, rows].
    func linear(_ x: Tensor, _ weights: Tensor, addingTo summand: Tensor? = nil) -> Tensor {
        precondition(x.columns == weights.columns, "weights must fit the activations")
        let result = summand.map { copy($0) } ?? Tensor(rows: x.rows, columns: weights.rows, on: self)
        precondition(result.rows == x.rows && result.columns == weights.rows, "a summand of the result's shape")
        denseProduct(
            x, transposed: false, weights, transposed: true, into: result, adding: summand != nil,
            precision: productPrecision)
        guard x.isRecorded || weights.isRecorded || summand?.isRecorded == true else { return result }
        // Only the weights' gradient reads x: where they are frozen, x need not stay.
        let inputs = weights.isRecorded ? x.detached() : nil
        return result.recorded(from: [x, weights, summand], on: self) {
            [x = x.node, summand = summand?.node] gradient in
            // dx = dy w, dw = dy^T x
            x?.accumulate {
                denseProduct(
                    gradient, transposed: false, weights, transposed: false, into: $0, adding: $1,
                    precision: productPrecision)
            }
            if let inputs {
                weights.node?.accumulate {
                    denseProduct(
                        gradient, transposed: true, inputs, transposed: false, into: $0, adding: $1,
                        precision: productPrecision)
                }
            }
            summand?.receive(gradient)
        }
    }
}
