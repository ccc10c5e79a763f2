import CTensorKernels

extension ComputeContext {
    /// x + down(silu(gate(norm(x))) * up(norm(x))): [n, width] -> [n, width], in one parallel region. Shazeer, "GLU
    /// Variants Improve Transformer", arXiv 2002.05202.
    package func gatedFeedForward(
        _ x: Tensor, norm: RMSNorm, gate: PackedMatrix, up: PackedMatrix, down: PackedMatrix
    ) -> Tensor {
        precondition(gate.rows == up.rows && down.rows == x.columns, "weights of one feed-forward network")
        var rows = PreparedRows(x, norm: norm, on: self)
        let gate = PanelProduct(gate, &rows, count: x.rows)
        let up = PanelProduct(up, &rows, count: x.rows)
        // The gate's result becomes the product of both.
        var hidden = PreparedRows(gate.result, on: self)
        let result = PanelProduct(down, &hidden, count: x.rows, addingTo: x)
        pool.run(
            FeedForwardJob(
                kernels: kernels, rowCount: x.rows, rows: rows, gate: gate, up: up, gateGrain: grain(gate.panels),
                hidden: hidden, down: result, downGrain: grain(result.panels)))
        return result.result
    }
}

private struct FeedForwardJob: ParallelJob {
    let kernels: KernelTable
    let rowCount: Int
    let rows: PreparedRows
    let gate: PanelProduct
    let up: PanelProduct
    let gateGrain: Int
    let hidden: PreparedRows
    let down: PanelProduct
    let downGrain: Int

    func run(_ team: inout Team) {
        team.share(rowCount, grain: 1) { rows.compute($0) }
        team.share(gate.panels, grain: gateGrain) { panels in
            gate.compute(panels: panels)
            up.compute(panels: panels)
            multiply(gate.columns(of: panels))
        }
        team.share(rowCount, grain: 1) { hidden.compute($0) }
        team.share(down.panels, grain: downGrain) { down.compute(panels: $0) }
    }

    /// gate = silu(gate) * up, in some columns of each row.
    private func multiply(_ columns: Range<Int>) {
        for row in 0..<rowCount {
            let gate = gate.result.pointer + row * gate.result.columns + columns.lowerBound
            let up = up.result.pointer + row * up.result.columns + columns.lowerBound
            kernels.functions.pointee.swiglu(gate, up, columns.count, gate)
        }
    }
}
