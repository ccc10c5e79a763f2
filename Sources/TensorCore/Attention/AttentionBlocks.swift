/// Consecutive rows of one text in an ``AttentionBlock``.
struct AttentionPiece {
    let text: TextRows
    /// The rows' indices in the batch.
    let rows: Range<Int>
    /// The number of pages that the last row attends to.
    let pageCount: Int
    /// The index of the first part of these rows: parts are [rows, heads, pageCount].
    let firstPart: Int
    /// Rows per item.
    let rowsTogether: Int

    /// Blocks of `rowsTogether` rows.
    var rowBlocks: Int { (rows.count + rowsTogether - 1) / rowsTogether }
}

/// Rows whose attention is computed together, and how threads share it.
struct AttentionBlock {
    let pieces: UnsafeBufferPointer<AttentionPiece>
    /// Query heads per item.
    let headsTogether: Int
    /// Items: a page, some heads and some rows each.
    let itemCount: Int
    let rowCount: Int
    /// The largest number of pages that a row attends to.
    let mostPages: Int

    init(_ pieces: UnsafeBufferPointer<AttentionPiece>, _ shape: AttentionShape, threads: Int) {
        // Heads that share keys and values are handled by one item, which reads them once, unless that would leave
        // threads without work. The last page may be nearly empty.
        var (items, rows, mostPages) = (0, 0, 0)
        var isEven = true
        for piece in pieces {
            let itemsPerPage = shape.keyValueHeads * piece.rowBlocks
            items += itemsPerPage * piece.pageCount
            isEven = isEven && itemsPerPage.isMultiple(of: threads)
            rows += piece.rows.count
            mostPages = max(mostPages, piece.pageCount)
        }
        self.pieces = pieces
        headsTogether = isEven || items >= 4 * threads ? shape.group : 1
        itemCount = items * (shape.group / headsTogether)
        rowCount = rows
        self.mostPages = mostPages
    }

    /// Whether threads should take whole KV heads of texts. Two waits less are worth more than an even division if the
    /// heads are many or their work is short. All texts must have one piece.
    func suitsOneStep(_ shape: AttentionShape, threads: Int) -> Bool {
        let items = pieces.count * shape.keyValueHeads
        guard rowCount <= Self.mostRowsInOneStep, pieces.allSatisfy({ $0.rows.count == $0.text.count }) else {
            return false
        }
        return items.isMultiple(of: threads) || items >= 4 * threads || mostPages == 1 && rowCount <= 2
    }

    private static let mostRowsInOneStep = 32
}

/// Cuts a batch into blocks of rows whose parts take a megabyte or two at most: fewer rows for longer contexts.
struct AttentionBlocks {
    private let batch: BatchTexts
    /// The limit of a block's rows times the pages that they attend to.
    private let mostRowPages: Int
    private var text = 0
    /// Rows of the current text that previous blocks contain.
    private var done = 0

    private init(_ batch: BatchTexts, columns: Int) {
        self.batch = batch
        let budget = max(1, (1 << 20) / (columns * MemoryLayout<Float>.stride))
        var (all, longest) = (0, 0)
        for text in batch.texts {
            let pages = text.pageCount(upToRow: text.row + text.count - 1)
            all += text.count * pages
            longest = max(longest, pages)
        }
        mostRowPages = min(all, max(budget, longest))
    }

    /// The largest number of parts per head in a block.
    private var mostParts: Int { mostRowPages }

    /// Calls `body` with all blocks of a batch, which are valid during the call, and the largest number of their parts
    /// per head.
    static func with<Result>(
        _ batch: BatchTexts, _ shape: AttentionShape, threads: Int,
        _ body: (UnsafeBufferPointer<AttentionBlock>, _ mostParts: Int) -> Result
    ) -> Result {
        let cutter = AttentionBlocks(batch, columns: shape.heads * shape.headDimension)
        return withUnsafeTemporaryAllocation(of: AttentionPiece.self, capacity: batch.texts.count) { pieces in
            var counter = cutter
            var (blockCount, pieceCount) = (0, 0)
            while let block = counter.next(into: pieces, heads: shape.heads) {
                blockCount += 1
                pieceCount += block.count
            }
            return withUnsafeTemporaryAllocation(of: AttentionBlock.self, capacity: blockCount) { blocks in
                withUnsafeTemporaryAllocation(of: AttentionPiece.self, capacity: pieceCount) { pieces in
                    var cutter = cutter
                    var (index, used) = (0, 0)
                    while let block = cutter.next(
                        into: UnsafeMutableBufferPointer(rebasing: pieces[used...]), heads: shape.heads)
                    {
                        blocks.initializeElement(at: index, to: AttentionBlock(block, shape, threads: threads))
                        index += 1
                        used += block.count
                    }
                    return body(UnsafeBufferPointer(blocks), cutter.mostParts)
                }
            }
        }
    }

    /// Returns the pieces of the next block, at most one per text; nil at the end.
    private mutating func next(
        into pieces: UnsafeMutableBufferPointer<AttentionPiece>, heads: Int
    ) -> UnsafeBufferPointer<AttentionPiece>? {
        var count = 0
        var used = 0
        while text < batch.texts.count {
            let current = batch.texts[text]
            // All rows of a piece have parts for as many pages as its last row attends to.
            let pageCount = current.pageCount(upToRow: current.row + current.count - 1)
            let room = (mostRowPages - used) / pageCount
            guard room > 0 else { break }
            let rows = min(room, current.count - done)
            let start = current.row + done
            let reached = current.pageCount(upToRow: start + rows - 1)
            // Blocks are as even as possible: a block of a single row would leave a thread without work.
            let blocks = (rows + Self.mostRowsTogether - 1) / Self.mostRowsTogether
            pieces.initializeElement(
                at: count,
                to: AttentionPiece(
                    text: current, rows: start..<start + rows, pageCount: reached, firstPart: used * heads,
                    rowsTogether: (rows + blocks - 1) / blocks))
            count += 1
            used += rows * reached
            done += rows
            guard done == current.count else { break }
            text += 1
            done = 0
        }
        return count > 0 ? UnsafeBufferPointer(rebasing: pieces[..<count]) : nil
    }

    /// The queries and parts of so few rows stay in the L1 cache while a page is read from the L2 cache.
    private static let mostRowsTogether = 8
}
