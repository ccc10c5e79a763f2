import CTensorKernels

/// One block of the depth by one block of columns: all threads pack the columns, then each takes items of rows and columns
/// of the result. Addresses and numbers, like ``RowPreparation``.
struct DenseProductJob: ParallelJob, @unchecked Sendable {
    let rows: DenseOperand
    let columns: DenseOperand
    /// The block's columns.
    let columnRange: Range<Int>
    /// The block's depths.
    let depth: Range<Int>
    let plan: DensePlan
    let kernels: UnsafePointer<ctk_dense_kernels>
    /// Each thread's own.
    let rowPanels: UnsafeMutableRawPointer
    let columnPanels: UnsafeMutableRawPointer
    let result: UnsafeMutablePointer<Float>
    let stride: Int
    let adding: Bool

    func run(_ team: inout Team) {
        let tile = kernels.pointee.tile_columns
        team.share((columnRange.count + tile - 1) / tile, grain: 4) { panels in
            let range = panels.lowerBound * tile..<min(panels.upperBound * tile, columnRange.count)
            let own = range.lowerBound + columnRange.lowerBound..<range.upperBound + columnRange.lowerBound
            columns.pack(own, depth: depth, to: columnPanel(range.lowerBound), by: kernels.pointee.pack_columns)
        }
        let parts = (columnRange.count + plan.columnsPerItem - 1) / plan.columnsPerItem
        let panels = rowPanels + team.member * plan.rowPanelsByteCount
        team.share((rows.count + plan.rowsPerItem - 1) / plan.rowsPerItem * parts, grain: 1) { items in
            for item in items { multiply(rowItem: item / parts, columnItem: item % parts, panels: panels) }
        }
    }

    private func multiply(rowItem: Int, columnItem: Int, panels: UnsafeMutableRawPointer) {
        let firstRow = rowItem * plan.rowsPerItem
        let rowRange = firstRow..<min(firstRow + plan.rowsPerItem, rows.count)
        rows.pack(rowRange, depth: depth, to: panels, by: kernels.pointee.pack_rows)
        let firstColumn = columnItem * plan.columnsPerItem
        let columnCount = min(plan.columnsPerItem, columnRange.count - firstColumn)
        kernels.pointee.multiply(
            panels, columnPanel(firstColumn), rowRange.count, columnCount, depth.count,
            result + firstRow * stride + columnRange.lowerBound + firstColumn, stride, adding)
    }

    /// Where the panel begins whose first column is the block's number `column`.
    private func columnPanel(_ column: Int) -> UnsafeMutableRawPointer {
        let words = (depth.count + kernels.pointee.depths_per_word - 1) / kernels.pointee.depths_per_word
        return columnPanels + column * words * 4
    }
}
