import CTensorKernels

/// What each page contributes to the attention of some rows, before it is merged.
struct AttentionParts {
    private let context: ComputeContext
    private let rows: Range<Int>
    private let first: Int
    private let pageCount: Int
    private let shape: AttentionShape
    /// [rows, heads, pages]
    private let softmaxes: Storage
    /// [rows, heads, pages, headDimension]
    private let weighted: Storage

    /// Attends to every page that a row sees; row i of `queries` is position `first` + i.
    init(_ queries: Tensor, _ rows: Range<Int>, at first: Int, in pages: [CachePage], on context: ComputeContext) {
        self.context = context
        self.rows = rows
        self.first = first
        pageCount = pages.count
        shape = pages[0].shape
        let partCount = rows.count * shape.heads * pages.count
        softmaxes = context.memory.take(byteCount: partCount * MemoryLayout<ctk_page_softmax>.stride)
        weighted = context.memory.take(byteCount: partCount * shape.headDimension * MemoryLayout<Float>.stride)

        // A page's parts follow each other, those of heads that share its keys and values first. A thread takes such a
        // group at once where there are enough of them for all threads.
        let group = shape.heads / shape.keyValueHeads
        let isPlenty = partCount / group >= 4 * context.pool.threadCount
        context.pool.run(count: partCount, grain: isPlenty ? group : 1) { parts in
            for part in parts {
                let (pair, member) = part.quotientAndRemainder(dividingBy: group)
                let (keyValueHead, row) = (pair / rows.count % shape.keyValueHeads, rows.lowerBound + pair % rows.count)
                let page = pair / rows.count / shape.keyValueHeads
                attend(queries, row: row, head: keyValueHead * group + member, page: page, pages[page])
            }
        }
    }

    private func attend(_ queries: Tensor, row: Int, head: Int, page index: Int, _ page: CachePage) {
        let visible = visiblePositions(row: row, page: index)
        guard visible > 0 else { return }
        let keyValueHead = head / (shape.heads / shape.keyValueHeads)
        let part = part(row: row, head: head) + index
        context.kernels.functions.pointee.attend_page(
            queries.pointer + row * queries.columns + head * shape.headDimension, page.keys(head: keyValueHead),
            page.values(head: keyValueHead), visible, shape.headDimension,
            1 / Float(shape.headDimension).squareRoot(), softmaxes.elements() + part,
            weighted.elements() + part * shape.headDimension)
    }

    /// Puts the parts together: rows of `result`, [n, heads * headDimension].
    func merge(into result: Tensor) {
        context.pool.run(count: rows.count * shape.heads, grain: 64) { heads in
            for task in heads {
                let (row, head) = (rows.lowerBound + task / shape.heads, task % shape.heads)
                let part = part(row: row, head: head)
                let visiblePages = (first + row) / cachePagePositions + 1
                context.kernels.functions.pointee.merge_pages(
                    softmaxes.elements() + part, weighted.elements() + part * shape.headDimension, visiblePages,
                    shape.headDimension, result.pointer + row * result.columns + head * shape.headDimension)
            }
        }
    }

    /// How many of a page's positions a row sees.
    private func visiblePositions(row: Int, page: Int) -> Int {
        min(first + row + 1 - page * cachePagePositions, cachePagePositions)
    }

    /// The index of a row's and head's first part.
    private func part(row: Int, head: Int) -> Int {
        ((row - rows.lowerBound) * shape.heads + head) * pageCount
    }
}
