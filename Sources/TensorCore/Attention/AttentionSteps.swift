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

/// The attention of some rows: store, attend to each page, merge. It holds only addresses and numbers, like
/// ``RowPreparation``, and serves any number of layers with the same rows.
struct AttentionSteps: @unchecked Sendable {
    private let storing: CacheStoring
    private let queries: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let softmaxes: UnsafeMutablePointer<ctk_page_softmax>
    private let weighted: UnsafeMutablePointer<Float>
    private let blocks: UnsafeBufferPointer<AttentionBlock>
    let shape: AttentionShape
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>
    /// Whether one step does all: each item is a KV head of a text, whose rows it stores and attends to.
    let isOneStep: Bool

    /// - Parameters:
    ///   - queries: [n, heads * headDimension], where `storing` writes them.
    ///   - result: [n, heads * headDimension]
    init(
        _ storing: CacheStoring, queries: UnsafePointer<Float>, result: UnsafeMutablePointer<Float>,
        _ blocks: UnsafeBufferPointer<AttentionBlock>, _ parts: AttentionParts, _ cache: CachedRows,
        on context: ComputeContext
    ) {
        self.storing = storing
        self.queries = queries
        self.result = result
        self.blocks = blocks
        softmaxes = parts.softmaxes.elements()
        weighted = parts.weighted.elements()
        shape = cache.shape
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
        isOneStep = blocks.count == 1 && blocks[0].suitsOneStep(shape, threads: context.pool.threadCount)
    }

    func share(_ layer: LayerAttention, in thread: inout RegionThread) {
        if isOneStep { return shareHeads(blocks[0], layer, in: &thread) }
        storing.share(layer, in: &thread)
        for block in blocks { share(block, layer, in: &thread) }
    }

    /// Stores and attends in one step.
    private func shareHeads(_ block: AttentionBlock, _ layer: LayerAttention, in thread: inout RegionThread) {
        thread.share(block.pieces.count * shape.keyValueHeads, grain: 1) { items in
            for item in items {
                let (index, head) = item.quotientAndRemainder(dividingBy: shape.keyValueHeads)
                compute(head, of: block.pieces[index], layer)
            }
        }
    }

    /// Stores the keys and values of a KV head in all rows, and attends to them. Other threads may do the same with
    /// other heads.
    func compute(_ head: Int, _ layer: LayerAttention) {
        for piece in blocks[0].pieces { compute(head, of: piece, layer) }
    }

    private func compute(_ head: Int, of piece: AttentionPiece, _ layer: LayerAttention) {
        for row in piece.rows { storing.store(row: row, head: head, of: piece.text, layer) }
        for page in 0..<piece.pageCount {
            for rowBlock in 0..<piece.rowBlocks {
                attend(
                    piece, page: page, firstHead: head * shape.group, heads: shape.group, rowBlock: rowBlock, layer)
            }
        }
        for row in piece.rows {
            for queryHead in head * shape.group..<(head + 1) * shape.group {
                merge(row: row, head: queryHead, of: piece, layer)
            }
        }
    }

    /// Attends in two steps, in which threads share a text's pages.
    private func share(_ block: AttentionBlock, _ layer: LayerAttention, in thread: inout RegionThread) {
        let headParts = shape.heads / block.headsTogether
        let pieces = block.pieces
        thread.share(block.itemCount, grain: 1) { items in
            var (index, before) = (0, 0)
            for item in items {
                var count = pieces[index].pageCount * headParts * pieces[index].rowBlocks
                while item - before >= count {
                    before += count
                    index += 1
                    count = pieces[index].pageCount * headParts * pieces[index].rowBlocks
                }
                let piece = pieces[index]
                let (pageAndHead, rowBlock) = (item - before).quotientAndRemainder(dividingBy: piece.rowBlocks)
                let (page, headPart) = pageAndHead.quotientAndRemainder(dividingBy: headParts)
                attend(
                    piece, page: page, firstHead: headPart * block.headsTogether, heads: block.headsTogether,
                    rowBlock: rowBlock, layer)
            }
        }
        // The grain is a few hundred nanoseconds of work.
        thread.share(block.rowCount * shape.heads, grain: max(1, 32 / block.mostPages)) { items in
            var (index, before) = (0, 0)
            for item in items {
                let row = item / shape.heads
                while row - before >= pieces[index].rows.count {
                    before += pieces[index].rows.count
                    index += 1
                }
                let piece = pieces[index]
                merge(row: piece.rows.lowerBound + row - before, head: item % shape.heads, of: piece, layer)
            }
        }
    }

    /// Computes a page's part of the attention of some heads, which share keys and values, of a block of rows.
    private func attend(
        _ piece: AttentionPiece, page: Int, firstHead: Int, heads: Int, rowBlock: Int, _ layer: LayerAttention
    ) {
        // Earlier rows may not reach this page, and later ones may have a window after it.
        let reaching = piece.text.row + page * cachePagePositions - piece.text.first
        let start = max(piece.rows.lowerBound + rowBlock * piece.rowsTogether, reaching)
        let blockEnd = min(piece.rows.lowerBound + (rowBlock + 1) * piece.rowsTogether, piece.rows.upperBound)
        let end = min(blockEnd, reaching + cachePagePositions + layer.window - 1)
        guard start < end else { return }
        let visible = piece.text.position(ofRow: start) + 1 - page * cachePagePositions
        let part = part(row: start, head: firstHead, of: piece) + page
        var item = ctk_page_queries(
            queries: queries + (start * shape.heads + firstHead) * shape.headDimension,
            rows: end - start, row_stride: shape.heads * shape.headDimension, heads: heads,
            head_dim: shape.headDimension,
            visible: min(visible, cachePagePositions), hidden: visible - layer.window,
            scale: 1 / Float(shape.headDimension).squareRoot(), softmaxes: softmaxes + part,
            weighted: weighted + part * shape.headDimension, row_parts: shape.heads * piece.pageCount,
            head_parts: piece.pageCount)
        let head = firstHead / shape.group
        let pages = piece.text.pages.moved(by: layer.layersAhead)
        cache.pointee.attend_page(&item, pages.keys(page, head: head), pages.values(page, head: head))
    }

    private func merge(row: Int, head: Int, of piece: AttentionPiece, _ layer: LayerAttention) {
        let first = max(0, piece.text.position(ofRow: row) + 1 - layer.window) / cachePagePositions
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
