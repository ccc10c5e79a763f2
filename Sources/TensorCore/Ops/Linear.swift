import CTensorKernels

extension ComputeContext {
    /// norm(x) w^T + summand: [n, columns] by [rows, columns] -> [n, rows].
    package func linear(
        _ x: Tensor, norm: RMSNorm? = nil, _ weights: PackedMatrix, addingTo summand: Tensor? = nil
    ) -> Tensor {
        var rows = PreparedRows(x, norm: norm, on: self)
        let product = PanelProduct(weights, &rows, count: x.rows, addingTo: summand)
        pool.run(ProductJob(rows: rows, rowCount: x.rows, grain: grain(product.panels), product, nil, nil))
        return product.result
    }

    /// Three products of the same activations, as those of attention, in one parallel region; the weights' formats may
    /// differ.
    package func linears(
        _ x: Tensor, norm: RMSNorm? = nil, _ first: PackedMatrix, _ second: PackedMatrix, _ third: PackedMatrix
    ) -> (Tensor, Tensor, Tensor) {
        var rows = PreparedRows(x, norm: norm, on: self)
        let first = PanelProduct(first, &rows, count: x.rows)
        let second = PanelProduct(second, &rows, count: x.rows)
        let third = PanelProduct(third, &rows, count: x.rows)
        let grain = grain(first.panels + second.panels + third.panels)
        pool.run(ProductJob(rows: rows, rowCount: x.rows, grain: grain, first, second, third))
        return (first.result, second.result, third.result)
    }

    /// How many panels a thread takes at once: few enough that threads which the system slows down can be helped.
    func grain(_ panels: Int) -> Int { max(1, panels / (pool.threadCount * 8)) }
}

/// Rows are prepared, then the panels of up to three products are computed as if they were one matrix.
private struct ProductJob: ParallelJob {
    private let rows: PreparedRows
    private let rowCount: Int
    private let grain: Int
    private let first: PanelProduct
    private let second: PanelProduct?
    private let third: PanelProduct?

    init(
        rows: PreparedRows, rowCount: Int, grain: Int, _ first: PanelProduct, _ second: PanelProduct?,
        _ third: PanelProduct?
    ) {
        self.rows = rows
        self.rowCount = rowCount
        self.grain = grain
        self.first = first
        self.second = second
        self.third = third
    }

    func run(_ team: inout Team) {
        team.share(rowCount, grain: 1) { rows.compute($0) }
        let secondStart = first.panels
        let thirdStart = secondStart + (second?.panels ?? 0)
        team.share(thirdStart + (third?.panels ?? 0), grain: grain) { panels in
            first.compute(panels, startingAt: 0)
            second?.compute(panels, startingAt: secondStart)
            third?.compute(panels, startingAt: thirdStart)
        }
    }
}

extension PanelProduct {
    /// Computes those panels of a longer count, in which this product's begin at `start`, that are its own.
    fileprivate func compute(_ panels: Range<Int>, startingAt start: Int) {
        let own = panels.clamped(to: start..<start + self.panels)
        if !own.isEmpty { compute(panels: own.lowerBound - start..<own.upperBound - start) }
    }
}
