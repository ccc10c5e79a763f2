/// Consecutive rows of one text that an ``AttentionJob`` attends to.
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

/// Cuts a batch into blocks of rows whose parts take a megabyte or two at most: fewer rows for longer contexts.
struct AttentionBlocks {
    private let batch: BatchTexts
    /// The limit of a block's rows times the pages that they attend to.
    private let mostRowPages: Int
    private var text = 0
    /// Rows of the current text that previous blocks contain.
    private var done = 0

    init(_ batch: BatchTexts, columns: Int) {
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
    var mostParts: Int { mostRowPages }

    /// Returns the pieces of the next block, at most one per text; nil at the end.
    mutating func next(
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
