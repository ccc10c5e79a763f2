/// Consecutive rows of a batch that belong to one text: its positions from `first` on, and the addresses of its pages.
///
/// Holds only addresses and numbers, so that reading it needs no reference counting. They are valid until more pages
/// are reserved, and the creator keeps the pages alive.
@safe package struct CachedRows: @unchecked Sendable {
    /// The position of the first row.
    let first: Int
    /// The number of rows.
    let count: Int
    /// The most positions that the text may have.
    let context: Int
    let shape: AttentionShape
    let format: CacheFormat
    /// The number of positions that fit.
    private let capacity: Int
    private let firstLayer: LayerPages

    /// - Parameter context: the most positions that the text may have, which can determine how positions are rotated.
    package init(_ pages: CachePages, first: Int, count: Int, context: Int) {
        self.first = first
        self.count = count
        self.context = context
        shape = pages.shape
        format = pages.format
        capacity = pages.capacity
        firstLayer = pages.pages(layer: 0)
        precondition(first >= 0 && first + count <= capacity, "a page for each position")
    }

    /// One layer's pages.
    func pages(layer: Int) -> LayerPages { firstLayer.moved(by: layer) }
}

/// One text's rows for one layer, as addresses and numbers that threads read without reference counting.
struct TextRows {
    /// The index in the batch of the first row.
    let row: Int
    let count: Int
    /// The position of the first row.
    let first: Int
    let pages: LayerPages

    /// The position of a row of the batch.
    func position(ofRow index: Int) -> Int { first + index - row }

    /// The number of pages that rows up to `index` attend to.
    func pageCount(upToRow index: Int) -> Int { position(ofRow: index) / cachePagePositions + 1 }
}

/// The texts of a batch, in the order of their rows.
struct BatchTexts: @unchecked Sendable {
    let texts: UnsafeBufferPointer<TextRows>
    /// Rows of all texts.
    let rowCount: Int

    /// Calls `body` with the texts of some rows, which are valid during the call.
    static func with<Result>(
        _ rows: Span<CachedRows>, layer: Int, _ body: (BatchTexts) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: TextRows.self, capacity: rows.count) { buffer in
            var row = 0
            for index in rows.indices {
                let text = rows[index]
                buffer.initializeElement(
                    at: index,
                    to: TextRows(row: row, count: text.count, first: text.first, pages: text.pages(layer: layer)))
                row += text.count
            }
            return body(BatchTexts(texts: UnsafeBufferPointer(buffer), rowCount: row))
        }
    }

    /// Returns the text of a row. The search starts at index `hint` and updates it, because rows are mostly requested
    /// in order.
    func text(ofRow row: Int, hint: inout Int) -> TextRows {
        if row < texts[hint].row { hint = 0 }
        while row >= texts[hint].row + texts[hint].count { hint += 1 }
        return texts[hint]
    }
}
