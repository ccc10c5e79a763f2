import CTensorKernels

extension ComputeContext {
    /// x w^T + summand with frozen weights in 16 bits: [n, columns] by [rows, columns] -> [n, rows].
    func linear(_ x: Tensor, _ weights: HalfMatrix, addingTo summand: Tensor? = nil) -> Tensor {
        precondition(x.columns == weights.columns, "weights must fit the activations")
        let result = Tensor(rows: x.rows, columns: weights.rows, on: self)
        let (rows, columns) = (DenseOperand(x, alongDepth: true), DenseOperand(weights, alongDepth: true))
        withExtendedLifetime((x, weights)) {
            denseProduct(rows, columns, into: result, plus: summand, precision: productPrecision)
        }
        guard x.isRecorded || summand?.isRecorded == true else { return result }
        return result.recorded(from: [x, summand], on: self) { [x = x.node, summand = summand?.node] gradient in
            // dx = dy w
            x?.accumulate { sum, isAdding in
                withExtendedLifetime((gradient, weights)) {
                    denseProduct(
                        DenseOperand(gradient, alongDepth: true), DenseOperand(weights, alongDepth: false), into: sum,
                        plus: isAdding ? sum : nil, precision: productPrecision)
                }
            }
            summand?.receive(gradient)
        }
    }

    /// x w^T + summand: [n, columns] by [rows, columns] -> [n, rows].
    ///
    /// - Parameter recomputed: recomputes x in the backward pass, so that x need not be kept.
    func linear(_ x: Tensor, _ weights: Tensor, addingTo summand: Tensor? = nil, recomputed: RecomputedTensor? = nil)
        -> Tensor
    {
        precondition(x.columns == weights.columns, "weights must fit the activations")
        let result = Tensor(rows: x.rows, columns: weights.rows, on: self)
        denseProduct(
            x, transposed: false, weights, transposed: true, into: result, plus: summand, precision: productPrecision)
        guard x.isRecorded || weights.isRecorded || summand?.isRecorded == true else { return result }
        // Only the weights' gradient reads x: if they are frozen, x need not be kept.
        let inputs = weights.isRecorded && recomputed == nil ? x.detached() : nil
        if weights.isRecorded { recomputed?.expectReader() }
        let groups = groups(ofRows: x.rows)
        return result.recorded(from: [x, weights, summand], on: self) {
            [x = x.node, summand = summand?.node] gradient in
            // dx = dy w, dw = dy^T x
            x?.accumulate {
                denseProduct(
                    gradient, transposed: false, weights, transposed: false, into: $0, plus: $1 ? $0 : nil,
                    precision: productPrecision)
            }
            if let node = weights.node, let inputs = inputs ?? recomputed?.read() {
                let mostRows = kernels.dense(productPrecision).pointee.depths_per_block
                // The summand's node may add to the gradient that it receives.
                let gradient = node.isPostponed && summand != nil ? copy(gradient) : gradient
                node.accumulate(groups, mostRowsAtOnce: mostRows) { rows, sum, isAdding in
                    denseProduct(
                        gradient[rows: rows], transposed: true, inputs[rows: rows], transposed: false, into: sum,
                        plus: isAdding ? sum : nil, precision: productPrecision)
                }
            }
            summand?.receive(gradient)
        }
    }
}
