import CTensorKernels

/// The product over one block of the depth and one block of columns. All threads pack the columns, and the rows if the
/// plan says so, then each takes items of the result. It holds only addresses and numbers, like ``RowPreparation``.
struct DenseProductJob: ParallelJob, @unchecked Sendable {
    let rows: DenseOperand
    let columns: DenseOperand
    /// The block's columns.
    let columnRange: Range<Int>
    /// The block's depths.
    let depth: Range<Int>
    let plan: DensePlan
    let kernels: UnsafePointer<ctk_dense_kernels>
    let rowPanels: UnsafeMutableRawPointer
    let columnPanels: UnsafeMutableRawPointer
    /// The values to which the product is added, laid out like the result; may be the result itself.
    let summand: UnsafePointer<Float>?
    let result: UnsafeMutablePointer<Float>
    let stride: Int

    func run(_ thread: inout RegionThread) {
        let (tileRows, tileColumns) = (kernels.pointee.tile_rows, kernels.pointee.tile_columns)
        thread.share(columnRange.count.divided(by: tileColumns), grain: plan.columnPanelGrain) { panels in
            let first = panels.lowerBound * tileColumns
            let end = min(panels.upperBound * tileColumns, columnRange.count)
            let range = columnRange.lowerBound + first..<columnRange.lowerBound + end
            columns.pack(range, depth: depth, to: columnPanels + byteCount(first), by: kernels.pointee.pack_columns)
        }
        if plan.packsRowsFirst {
            thread.share(rows.count.divided(by: tileRows), grain: plan.rowPanelGrain) { panels in
                let range = panels.lowerBound * tileRows..<min(panels.upperBound * tileRows, rows.count)
                packRows(range, to: rowPanels + byteCount(range.lowerBound))
            }
        }
        let columnItems = columnRange.count.divided(by: plan.columnsPerItem)
        let ownPanels = rowPanels + thread.member * plan.rowPanelsByteCountPerThread
        thread.share(rows.count.divided(by: plan.rowsPerItem) * columnItems, grain: 1) { items in
            for item in items {
                let (rowItem, columnItem) = item.quotientAndRemainder(dividingBy: columnItems)
                multiply(firstRow: rowItem * plan.rowsPerItem, firstColumn: columnItem * plan.columnsPerItem, ownPanels)
            }
        }
    }

    private func multiply(firstRow: Int, firstColumn: Int, _ ownPanels: UnsafeMutableRawPointer) {
        let rowRange = firstRow..<min(firstRow + plan.rowsPerItem, rows.count)
        let columnCount = min(plan.columnsPerItem, columnRange.count - firstColumn)
        if !plan.packsRowsFirst { packRows(rowRange, to: ownPanels) }
        let place = firstRow * stride + columnRange.lowerBound + firstColumn
        kernels.pointee.multiply(
            plan.packsRowsFirst ? rowPanels + byteCount(firstRow) : ownPanels, columnPanels + byteCount(firstColumn),
            rowRange.count, columnCount, depth.count, summand.map { $0 + place }, result + place, stride)
    }

    private func packRows(_ range: Range<Int>, to panels: UnsafeMutableRawPointer) {
        rows.pack(range, depth: depth, to: panels, by: kernels.pointee.pack_rows)
    }

    /// Bytes of the panels of `count` rows or columns.
    private func byteCount(_ count: Int) -> Int { count * kernels.pointee.panelByteCount(depth: depth.count) }
}
