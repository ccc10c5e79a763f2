import CTensorKernels

/// The division of a dense product into blocks that fit the caches.
///
/// Only the blocks of the depth affect the result's bits, and they depend on the depth alone.
struct DensePlan {
    private let columns: Int
    private let depth: Int
    private let depthPerBlock: Int
    private let columnsPerBlock: Int
    /// Bytes of one packed row (or column) in one block of the depth.
    private let byteCountOfDepth: Int
    /// Whether all rows are packed before any is multiplied. Otherwise the thread that computes an item packs its rows,
    /// which then stay in its cache.
    let packsRowsFirst: Bool
    /// Rows per work item: a multiple of the tile's rows.
    let rowsPerItem: Int
    /// Columns per work item: a multiple of the tile's columns; all of a block if items pack their own rows.
    let columnsPerItem: Int
    /// Panels that a thread packs together.
    let (rowPanelGrain, columnPanelGrain): (Int, Int)
    private let rowsInPanels: Int
    private let threads: Int

    /// Few enough that a core's L2 cache holds the panels of an item's rows (192 KiB at most) and the current panel of
    /// columns (64 KiB).
    private static let mostRowsPerItem = 96
    /// The limit of packed rows: what the L2 caches of two cores hold.
    private static let mostRowBytes = 2 << 20
    /// The limit of the packed columns that all threads read: a part of an L3 cache.
    private static let mostColumnBytes = 8 << 20
    /// Enough that threads finish together, and that other threads can take over work from those that the system slows
    /// down.
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

    /// Panels that a thread packs together: an even part of all, at most sixteen. Neighbours are packed together, since
    /// adjacent rows share cache lines.
    private static func packingGrain(_ panels: Int, _ threads: Int) -> Int {
        max(1, panels.divided(by: max(1, panels.divided(by: 16)).roundedUp(toMultipleOf: threads)))
    }

    var depthBlocks: [Range<Int>] { blocks(of: depth, by: depthPerBlock) }
    var columnBlocks: [Range<Int>] { blocks(of: columns, by: columnsPerBlock) }

    /// Memory for the panels of a block's columns.
    var columnPanelsByteCount: Int { columnsPerBlock * byteCountOfDepth }
    /// Memory for the panels of rows: of all rows or, for each thread, of one item.
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

    /// The next multiple of `unit`, or this number if it is one.
    func roundedUp(toMultipleOf unit: Int) -> Int { divided(by: unit) * unit }
}
