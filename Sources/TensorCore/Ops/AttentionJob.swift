import CTensorKernels

/// What each page contributes to the attention of some rows, before it is merged; memory that blocks of rows share.
struct AttentionParts {
    /// [rows, heads, pages]
    let softmaxes: Storage
    /// [rows, heads, pages, headDimension]
    let weighted: Storage

    init(rows: Int, pages: Int, _ shape: AttentionShape, on context: ComputeContext) {
        let count = rows * shape.heads * pages
        softmaxes = context.memory.take(byteCount: count * MemoryLayout<ctk_page_softmax>.stride)
        weighted = context.memory.take(byteCount: count * shape.headDimension * MemoryLayout<Float>.stride)
    }
}

/// Attention of some rows: store, attend to each page, merge. Addresses and numbers, like ``RowPreparation``.
struct AttentionJob: ParallelJob, @unchecked Sendable {
    /// nil where an earlier job has stored all rows.
    private let storing: CacheStoring?
    private let queries: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let softmaxes: UnsafeMutablePointer<ctk_page_softmax>
    private let weighted: UnsafeMutablePointer<Float>
    private let rows: Range<Int>
    private let first: Int
    private let pages: LayerPages
    private let pageCount: Int
    private let shape: AttentionShape
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>
    /// Query heads and rows that one item of the second step takes together.
    private let headsTogether: Int
    private let rowsTogether: Int

    /// Row i of `queries` ([n, heads * headDimension], rotated) is position `first` + i.
    init(
        storing: CacheStoring?, queries: Tensor, result: Tensor, rows: Range<Int>, first: Int, pages: LayerPages,
        parts: AttentionParts, _ cache: CachePages, on context: ComputeContext
    ) {
        self.storing = storing
        self.queries = UnsafePointer(queries.pointer)
        self.result = result.pointer
        softmaxes = parts.softmaxes.elements()
        weighted = parts.weighted.elements()
        self.rows = rows
        self.first = first
        self.pages = pages
        pageCount = (first + rows.upperBound + cachePagePositions - 1) / cachePagePositions
        shape = cache.shape
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
        // Blocks as even as can be: one of a single row would leave a thread without work.
        let blocks = (rows.count + Self.mostRowsTogether - 1) / Self.mostRowsTogether
        rowsTogether = (rows.count + blocks - 1) / blocks
        // Heads that share keys and values also share their reading, unless that left threads without work: the last
        // page may be nearly empty.
        let itemsPerPage = shape.keyValueHeads * blocks
        let threads = context.pool.threadCount
        let isShared = itemsPerPage.isMultiple(of: threads) || itemsPerPage * pageCount >= 4 * threads
        headsTogether = isShared ? shape.group : 1
    }

    /// Their queries and parts stay in the L1 cache while a page, in the L2 cache, passes by.
    private static let mostRowsTogether = 8

    func run(_ team: inout Team) {
        storing?.share(in: &team)
        let headParts = shape.heads / headsTogether
        let rowBlocks = (rows.count + rowsTogether - 1) / rowsTogether
        team.share(pageCount * headParts * rowBlocks, grain: 1) { items in
            for item in items {
                let (pageAndHead, block) = item.quotientAndRemainder(dividingBy: rowBlocks)
                let (page, head) = pageAndHead.quotientAndRemainder(dividingBy: headParts)
                let start = rows.lowerBound + block * rowsTogether
                attend(
                    rows: start..<min(start + rowsTogether, rows.upperBound), firstHead: head * headsTogether,
                    page: page)
            }
        }
        // A few hundred nanoseconds' worth of parts.
        team.share(rows.count * shape.heads, grain: max(1, 32 / pageCount)) { items in
            for item in items { merge(row: rows.lowerBound + item / shape.heads, head: item % shape.heads) }
        }
    }

    private func attend(rows: Range<Int>, firstHead: Int, page: Int) {
        // Earlier rows may not reach this page yet.
        let start = max(rows.lowerBound, page * cachePagePositions - first)
        guard start < rows.upperBound else { return }
        let part = part(row: start, head: firstHead) + page
        var item = ctk_page_queries(
            queries: queries + (start * shape.heads + firstHead) * shape.headDimension,
            rows: rows.upperBound - start, row_stride: shape.heads * shape.headDimension, heads: headsTogether,
            head_dim: shape.headDimension,
            visible: min(first + start + 1 - page * cachePagePositions, cachePagePositions),
            scale: 1 / Float(shape.headDimension).squareRoot(), softmaxes: softmaxes + part,
            weighted: weighted + part * shape.headDimension, row_parts: shape.heads * pageCount, head_parts: pageCount)
        let keyValueHead = firstHead / shape.group
        cache.pointee.attend_page(&item, pages.keys(page, head: keyValueHead), pages.values(page, head: keyValueHead))
    }

    private func merge(row: Int, head: Int) {
        let part = part(row: row, head: head)
        let visiblePages = (first + row) / cachePagePositions + 1
        kernels.functions.pointee.merge_pages(
            softmaxes + part, weighted + part * shape.headDimension, visiblePages, shape.headDimension,
            result + (row * shape.heads + head) * shape.headDimension)
    }

    /// The index of a row's and head's first part.
    private func part(row: Int, head: Int) -> Int { ((row - rows.lowerBound) * shape.heads + head) * pageCount }
}
