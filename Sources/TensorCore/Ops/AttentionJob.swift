import CTensorKernels

/// Memory for the contribution of each page to the attention of some rows, before merging. Blocks of rows share it.
struct AttentionParts {
    /// [count, heads], where count is rows times pages.
    let softmaxes: Storage
    /// [count, heads, headDimension]
    let weighted: Storage

    init(count: Int, _ shape: AttentionShape, on context: ComputeContext) {
        let count = count * shape.heads
        softmaxes = context.memory.take(byteCount: count * MemoryLayout<ctk_page_softmax>.stride)
        weighted = context.memory.take(byteCount: count * shape.headDimension * MemoryLayout<Float>.stride)
    }
}

/// The attention of some rows in three steps: store, attend to each page, merge. It holds only addresses and numbers,
/// like ``RowPreparation``.
struct AttentionJob: ParallelJob, @unchecked Sendable {
    /// nil if an earlier job has stored all rows.
    private let storing: CacheStoring?
    private let queries: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let softmaxes: UnsafeMutablePointer<ctk_page_softmax>
    private let weighted: UnsafeMutablePointer<Float>
    private let pieces: UnsafeBufferPointer<AttentionPiece>
    private let shape: AttentionShape
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>
    /// Query heads per item of the second step.
    private let headsTogether: Int
    /// Items of the second step.
    private let itemCount: Int
    private let rowCount: Int
    private let mostPages: Int
    /// The last positions that a row attends to; the largest number if all.
    private let window: Int

    /// Row i of `queries` ([n, heads * headDimension], rotated) is row i of the batch.
    init(
        storing: CacheStoring?, queries: Tensor, result: Tensor, _ pieces: UnsafeBufferPointer<AttentionPiece>,
        parts: AttentionParts, rule: PositionRule, _ cache: CachedRows, on context: ComputeContext
    ) {
        self.storing = storing
        self.queries = UnsafePointer(queries.pointer)
        self.result = result.pointer
        softmaxes = parts.softmaxes.elements()
        weighted = parts.weighted.elements()
        self.pieces = pieces
        shape = cache.shape
        // So large that it hides nothing, and small enough for sums with positions.
        window = rule.window ?? Int(Int32.max)
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
        // Heads that share keys and values are handled by one item, which reads them once, unless that would leave
        // threads without work. The last page may be nearly empty.
        let threads = context.pool.threadCount
        var (items, rows, mostPages) = (0, 0, 0)
        var isEven = true
        for piece in pieces {
            let itemsPerPage = shape.keyValueHeads * piece.rowBlocks
            items += itemsPerPage * piece.pageCount
            isEven = isEven && itemsPerPage.isMultiple(of: threads)
            rows += piece.rows.count
            mostPages = max(mostPages, piece.pageCount)
        }
        headsTogether = isEven || items >= 4 * threads ? shape.group : 1
        itemCount = items * (shape.group / headsTogether)
        rowCount = rows
        self.mostPages = mostPages
    }

    func run(_ thread: inout RegionThread) {
        storing?.share(in: &thread)
        let headParts = shape.heads / headsTogether
        thread.share(itemCount, grain: 1) { items in
            var (index, before) = (0, 0)
            for item in items {
                var count = pieces[index].pageCount * headParts * pieces[index].rowBlocks
                while item - before >= count {
                    before += count
                    index += 1
                    count = pieces[index].pageCount * headParts * pieces[index].rowBlocks
                }
                attend(item - before, of: pieces[index], headParts: headParts)
            }
        }
        // The grain is a few hundred nanoseconds of work.
        thread.share(rowCount * shape.heads, grain: max(1, 32 / mostPages)) { items in
            var (index, before) = (0, 0)
            for item in items {
                let row = item / shape.heads
                while row - before >= pieces[index].rows.count {
                    before += pieces[index].rows.count
                    index += 1
                }
                merge(row: pieces[index].rows.lowerBound + row - before, head: item % shape.heads, of: pieces[index])
            }
        }
    }

    /// Computes one item of a piece: a page, some heads, some rows.
    private func attend(_ item: Int, of piece: AttentionPiece, headParts: Int) {
        let (pageAndHead, block) = item.quotientAndRemainder(dividingBy: piece.rowBlocks)
        let (page, headPart) = pageAndHead.quotientAndRemainder(dividingBy: headParts)
        let firstHead = headPart * headsTogether
        // Earlier rows may not reach this page, and later ones may have a window after it.
        let reaching = piece.text.row + page * cachePagePositions - piece.text.first
        let start = max(piece.rows.lowerBound + block * piece.rowsTogether, reaching)
        let blockEnd = min(piece.rows.lowerBound + (block + 1) * piece.rowsTogether, piece.rows.upperBound)
        let end = min(blockEnd, reaching + cachePagePositions + window - 1)
        guard start < end else { return }
        let visible = piece.text.position(ofRow: start) + 1 - page * cachePagePositions
        let part = part(row: start, head: firstHead, of: piece) + page
        var item = ctk_page_queries(
            queries: queries + (start * shape.heads + firstHead) * shape.headDimension,
            rows: end - start, row_stride: shape.heads * shape.headDimension, heads: headsTogether,
            head_dim: shape.headDimension,
            visible: min(visible, cachePagePositions), hidden: visible - window,
            scale: 1 / Float(shape.headDimension).squareRoot(), softmaxes: softmaxes + part,
            weighted: weighted + part * shape.headDimension, row_parts: shape.heads * piece.pageCount,
            head_parts: piece.pageCount)
        let head = firstHead / shape.group
        let pages = piece.text.pages
        cache.pointee.attend_page(&item, pages.keys(page, head: head), pages.values(page, head: head))
    }

    private func merge(row: Int, head: Int, of piece: AttentionPiece) {
        let first = max(0, piece.text.position(ofRow: row) + 1 - window) / cachePagePositions
        let part = part(row: row, head: head, of: piece) + first
        kernels.functions.pointee.merge_pages(
            softmaxes + part, weighted + part * shape.headDimension, piece.text.pageCount(upToRow: row) - first,
            shape.headDimension, result + (row * shape.heads + head) * shape.headDimension)
    }

    /// The index of the first part of a row and head.
    private func part(row: Int, head: Int, of piece: AttentionPiece) -> Int {
        piece.firstPart + ((row - piece.rows.lowerBound) * shape.heads + head) * piece.pageCount
    }
}
