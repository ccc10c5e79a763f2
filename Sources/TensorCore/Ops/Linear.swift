import CTensorKernels

extension ComputeContext {
    /// x w^T: [n, columns] by [rows, columns] -> [n, rows].
    package func linear(_ x: Tensor, _ weights: PackedMatrix) -> Tensor {
        linears(x, [weights])[0]
    }

    /// Several products of the same activations, in one parallel region; the weights' formats may differ.
    ///
    /// Only rows of weights are divided between threads: each result is summed over its columns by one thread, in one
    /// order.
    package func linears(_ x: Tensor, _ weights: [PackedMatrix]) -> [Tensor] {
        let prepared = PreparedActivations(x, for: weights, on: self)
        let results = weights.map { Tensor(rows: x.rows, columns: $0.rows) }
        let products = zip(weights, results).map { PanelProduct(weights: $0, result: $1, prepared: prepared) }
        let panels = products.reduce(0) { $0 + $1.panels }
        // Small shares, so that threads which the system slows down take fewer of them.
        pool.run(count: panels, grain: max(1, panels / (pool.threadCount * 8))) { range in
            var first = 0
            for product in products {
                let share = range.clamped(to: first..<first + product.panels)
                if !share.isEmpty { product.compute(panels: share.lowerBound - first..<share.upperBound - first) }
                first += product.panels
            }
        }
        return results
    }
}

/// The activations of one `linears` call in every form that its weights' kernels read.
private struct PreparedActivations: @unchecked Sendable {
    private var forms = [Storage?](repeating: nil, count: CTK_ACTIVATIONS_COUNT)

    init(_ x: Tensor, for weights: [PackedMatrix], on context: ComputeContext) {
        for matrix in weights {
            precondition(
                matrix.columns == x.columns && matrix.kernels.functions == context.kernels.functions,
                "weights must fit the activations and be packed for the context's table")
            let format = context.kernels.format(matrix.dtype)
            let form = Int(format.activations)
            guard forms[form] == nil else { continue }
            let storage = Storage(byteCount: format.prepared_bytes(x.columns, x.rows))
            context.pool.run(count: x.rows, grain: 8) { rows in
                format.prepare(x.pointer, x.columns, x.rows, rows.lowerBound, rows.upperBound, storage.address)
            }
            forms[form] = storage
        }
    }

    subscript(form: Int32) -> UnsafeRawPointer? { forms[Int(form)].map { UnsafeRawPointer($0.address) } }
}

/// One weight matrix's share of a `linears` call.
private struct PanelProduct: Sendable {
    let weights: PackedMatrix
    let result: Tensor
    let prepared: PreparedActivations
    let format: ctk_format_kernels
    let panels: Int

    init(weights: PackedMatrix, result: Tensor, prepared: PreparedActivations) {
        self.weights = weights
        self.result = result
        self.prepared = prepared
        format = weights.kernels.format(weights.dtype)
        panels = (weights.rows + format.panel_rows - 1) / format.panel_rows
    }

    func compute(panels range: Range<Int>) {
        format.product(
            weights.storage.address, range.lowerBound, range.upperBound, weights.rows, weights.columns,
            prepared[format.activations], result.rows, result.pointer, result.columns)
    }
}
