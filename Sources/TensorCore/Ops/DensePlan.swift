import CTensorKernels

/// How a dense product is cut into blocks that fit the caches.
///
/// Only the depth's blocks are part of the result, and they depend on the depth alone.
struct DensePlan {
    private let columns: Int
    private let depth: Int
    private let depthPerBlock: Int
    private let columnsPerBlock: Int
    /// Bytes of one row's (or column's) words in one block of the depth.
    private let byteCountOfDepth: Int
    /// Rows that one item of the work has: a multiple of the tile's.
    let rowsPerItem: Int
    /// Columns that one item of the work has: likewise.
    let columnsPerItem: Int

    /// The depth of a block: long enough that tiles of c are seldom loaded and stored, and short enough that the L2
    /// cache holds the panels of an item's rows beside the one of columns that passes by.
    static let mostDepth = 512
    /// Rows of an item at most: their panels take 192 KiB, of a core's 512 KiB or more.
    private static let mostRows = 96
    /// Panels of columns that all threads read at once: a part of an L3 cache.
    private static let mostColumnBytes = 8 << 20

    init(rows: Int, columns: Int, depth: Int, _ kernels: ctk_dense_kernels, threads: Int) {
        self.columns = columns
        self.depth = depth
        let blocks = max(1, (depth + Self.mostDepth - 1) / Self.mostDepth)
        // Even blocks, in both senses: a word may hold two depths.
        depthPerBlock = max(2, (depth + blocks - 1) / blocks).roundedUp(toMultipleOf: 2)
        let words = min(depthPerBlock, depth.roundedUp(toMultipleOf: kernels.depths_per_word)) / kernels.depths_per_word
        byteCountOfDepth = words * 4
        let mostColumns = Self.mostColumnBytes / max(1, byteCountOfDepth)
        columnsPerBlock = min(columns, mostColumns).roundedUp(toMultipleOf: kernels.tile_columns)
        // So many items that threads which the system slows down can be helped. Rows are divided first: whoever computes
        // an item packs its rows.
        let wanted = threads * Self.itemsPerThread
        rowsPerItem = min(max(1, rows / wanted), Self.mostRows).roundedUp(toMultipleOf: kernels.tile_rows)
        let rowItems = max(1, (rows + rowsPerItem - 1) / rowsPerItem)
        let columnItems = threads == 1 ? 1 : (wanted + rowItems - 1) / rowItems
        columnsPerItem = max(1, columnsPerBlock / columnItems).roundedUp(toMultipleOf: kernels.tile_columns)
    }

    private static let itemsPerThread = 8

    var depthBlocks: [Range<Int>] { blocks(of: depth, by: depthPerBlock) }
    var columnBlocks: [Range<Int>] { blocks(of: columns, by: columnsPerBlock) }

    /// Memory for the panels of a block's columns.
    var columnPanelsByteCount: Int { columnsPerBlock * byteCountOfDepth }
    /// Memory for the panels of an item's rows.
    var rowPanelsByteCount: Int { (rowsPerItem * byteCountOfDepth).roundedUp(toMultipleOf: 64) }

    private func blocks(of count: Int, by size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: max(1, size)).map { $0..<min($0 + size, count) }
    }
}

extension Int {
    /// The next multiple of `unit`, or this number where it is one.
    func roundedUp(toMultipleOf unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
