/// Consecutive rows of a batch that belong to one text: its positions `first`..., and where its pages lie.
///
/// Addresses and numbers, which are read without counting references. They are valid until more room is made in the
/// pages, and their maker keeps these alive.
@safe package struct CachedRows: @unchecked Sendable {
    /// The position of the first row.
    let first: Int
    /// How many rows.
    let count: Int
    let shape: AttentionShape
    let format: CacheFormat
    /// Positions that there is room for.
    private let capacity: Int
    private let firstLayer: LayerPages

    package init(_ pages: CachePages, first: Int, count: Int) {
        self.first = first
        self.count = count
        shape = pages.shape
        format = pages.format
        capacity = pages.capacity
        firstLayer = pages.pages(layer: 0)
        precondition(first >= 0 && first + count <= capacity, "a page for each position")
    }

    /// One layer's pages.
    func pages(layer: Int) -> LayerPages { firstLayer.moved(to: layer) }
}

/// The same for one layer, as addresses and numbers that threads read without counting references.
struct TextRows {
    /// The index in the batch of the first row.
    let row: Int
    let count: Int
    /// The position of the first row.
    let first: Int
    let pages: LayerPages

    /// The position of a row of the batch.
    func position(ofRow index: Int) -> Int { first + index - row }

    /// How many pages row `index`, as every row before it, looks back on at most.
    func pageCount(upToRow index: Int) -> Int { position(ofRow: index) / cachePagePositions + 1 }
}

/// The texts of a batch, in the order of their rows.
struct BatchTexts: @unchecked Sendable {
    let texts: UnsafeBufferPointer<TextRows>
    /// Rows of all texts.
    let rowCount: Int

    /// Lends the texts of some rows, for the time of one call.
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

    /// The text of a row. `hint` is where the search begins, and ends: rows are mostly asked for in their order.
    func text(ofRow row: Int, hint: inout Int) -> TextRows {
        if row < texts[hint].row { hint = 0 }
        while row >= texts[hint].row + texts[hint].count { hint += 1 }
        return texts[hint]
    }
}
