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
    /// Whether all rows are packed before any is multiplied. Else whoever computes an item packs its rows, which then
    /// never leave its cache.
    let packsRowsFirst: Bool
    /// Rows that one item of the work has: a multiple of the tile's.
    let rowsPerItem: Int
    /// Columns that one item of the work has: likewise; all of a block where items pack their own rows.
    let columnsPerItem: Int
    /// Panels that a thread packs at once.
    let (rowPanelGrain, columnPanelGrain): (Int, Int)
    private let rowsInPanels: Int
    private let threads: Int

    /// So few that a core's L2 cache holds the panels of an item's rows (192 KiB at most) beside that of the columns
    /// that pass by (64 KiB).
    private static let mostRowsPerItem = 96
    /// Panels of rows that are packed at once: what the L2 caches of two cores hold.
    private static let mostRowBytes = 2 << 20
    /// Panels of columns that all threads read at once: a part of an L3 cache.
    private static let mostColumnBytes = 8 << 20
    /// So many that threads end together, and those that the system slows down can be helped.
    private static let itemsPerThread = 16

    init(rows: Int, columns: Int, depth: Int, _ kernels: ctk_dense_kernels, threads: Int) {
        self.columns = columns
        self.depth = depth
        self.threads = threads
        let blocks = max(1, depth.divided(by: kernels.depths_per_block))
        depthPerBlock = depth.divided(by: blocks).roundedUp(toMultipleOf: kernels.depths_per_step)
        byteCountOfDepth = kernels.panelByteCount(depth: depthPerBlock)
        let mostColumns = Self.mostColumnBytes / max(1, byteCountOfDepth)
        columnsPerBlock = min(columns, mostColumns).roundedUp(toMultipleOf: kernels.tile_columns)

        let items = threads * Self.itemsPerThread
        packsRowsFirst = rows * byteCountOfDepth <= Self.mostRowBytes
        let mostRows = packsRowsFirst ? Self.mostRowsPerItem / 2 : min(max(1, rows / items), Self.mostRowsPerItem)
        rowsPerItem = min(max(1, rows), mostRows).roundedUp(toMultipleOf: kernels.tile_rows)
        let columnItems = packsRowsFirst ? items.divided(by: max(1, rows.divided(by: rowsPerItem))) : 1
        columnsPerItem = max(1, columnsPerBlock / columnItems).roundedUp(toMultipleOf: kernels.tile_columns)
        rowsInPanels = packsRowsFirst ? rows.roundedUp(toMultipleOf: kernels.tile_rows) : rowsPerItem
        rowPanelGrain = Self.packingGrain(rows.divided(by: kernels.tile_rows), threads)
        columnPanelGrain = Self.packingGrain(columnsPerBlock / kernels.tile_columns, threads)
    }

    /// Even parts of at most sixteen panels: neighbours are packed together, since rows that lie side by side share
    /// cache lines.
    private static func packingGrain(_ panels: Int, _ threads: Int) -> Int {
        max(1, panels.divided(by: max(1, panels.divided(by: 16)).roundedUp(toMultipleOf: threads)))
    }

    var depthBlocks: [Range<Int>] { blocks(of: depth, by: depthPerBlock) }
    var columnBlocks: [Range<Int>] { blocks(of: columns, by: columnsPerBlock) }

    /// Memory for the panels of a block's columns.
    var columnPanelsByteCount: Int { columnsPerBlock * byteCountOfDepth }
    /// Memory for the panels of rows: all rows' or, for each thread, an item's.
    var rowPanelsByteCount: Int { (packsRowsFirst ? 1 : threads) * rowPanelsByteCountPerThread }
    /// Memory for the panels of rows that one thread packs for itself.
    var rowPanelsByteCountPerThread: Int { (rowsInPanels * byteCountOfDepth).roundedUp(toMultipleOf: 64) }

    private func blocks(of count: Int, by size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: max(1, size)).map { $0..<min($0 + size, count) }
    }
}

extension ctk_dense_kernels {
    /// Bytes of one row (or column) of a panel.
    func panelByteCount(depth: Int) -> Int { depth.divided(by: depths_per_step) * step_bytes }
}

extension Int {
    /// The quotient, rounded up.
    func divided(by divisor: Int) -> Int { (self + divisor - 1) / divisor }

    /// The next multiple of `unit`, or this number where it is one.
    func roundedUp(toMultipleOf unit: Int) -> Int { divided(by: unit) * unit }
}
