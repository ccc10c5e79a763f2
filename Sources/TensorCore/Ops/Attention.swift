import CTensorKernels

/// Positions per page of the attention cache; pages begin at multiples of it, and are attended to apart.
package let cachePagePositions = CTK_PAGE_POSITIONS

/// Heads of one attention layer; `heads` is a multiple of `keyValueHeads` (grouped-query attention, Ainslie et al.,
/// arXiv 2305.13245).
public struct AttentionShape: Sendable, Equatable {
    /// Query heads.
    public let heads: Int
    /// Key and value heads; each serves heads / keyValueHeads query heads.
    public let keyValueHeads: Int
    /// Values per head.
    public let headDimension: Int

    /// A layer's heads; `heads` must be a multiple of `keyValueHeads`.
    public init(heads: Int, keyValueHeads: Int, headDimension: Int) {
        precondition(keyValueHeads > 0 && headDimension > 0 && heads % keyValueHeads == 0, "whole groups of heads")
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDimension = headDimension
    }
}

/// 256 consecutive positions' keys and values of one layer, in f32.
///
/// All keys of head 0, of head 1, ..., then all values likewise; the order within a head is the kernels'.
package struct CachePage: Sendable {
    let storage: Storage
    let shape: AttentionShape

    /// A page with undefined contents.
    package init(_ shape: AttentionShape) {
        self.shape = shape
        storage = Storage(byteCount: Self.byteCount(shape))
    }

    /// Bytes of one page.
    package static func byteCount(_ shape: AttentionShape) -> Int {
        2 * shape.keyValueHeads * cachePagePositions * shape.headDimension * MemoryLayout<Float>.stride
    }

    private var headElements: Int { cachePagePositions * shape.headDimension }

    /// A copy of all bytes.
    package func copy() -> CachePage {
        let page = CachePage(shape)
        page.storage.address.copyMemory(from: storage.address, byteCount: storage.byteCount)
        return page
    }

    /// One position's key and value of all heads, in f32; for tests and tools.
    package func keysAndValues(position: Int) -> [Float] {
        (0..<shape.keyValueHeads).flatMap { head in
            (0..<shape.headDimension).map { keys(head: head)[Int(ctk_key_offset(position, shape.headDimension, $0))] }
                + (0..<shape.headDimension).map { values(head: head)[position * shape.headDimension + $0] }
        }
    }

    func keys(head: Int) -> UnsafeMutablePointer<Float> { storage.elements() + head * headElements }

    func values(head: Int) -> UnsafeMutablePointer<Float> {
        storage.elements() + (shape.keyValueHeads + head) * headElements
    }
}

extension ComputeContext {
    /// Stores rows of rotated keys and of values ([n, keyValueHeads * headDimension]) at positions `first`...
    package func store(keys: Tensor, values: Tensor, at first: Int, in pages: [CachePage]) {
        for tensor in [keys, values] { checkFit(tensor, heads: \.keyValueHeads, at: first, in: pages) }
        precondition(keys.rows == values.rows, "one value per key")
        pool.run(count: keys.rows, grain: 16) { rows in
            for row in rows {
                let (page, position) = (first + row).quotientAndRemainder(dividingBy: cachePagePositions)
                let shape = pages[page].shape
                for head in 0..<shape.keyValueHeads {
                    let offset = row * keys.columns + head * shape.headDimension
                    kernels.functions.pointee.store_key(
                        keys.pointer + offset, shape.headDimension, position, pages[page].keys(head: head))
                    (pages[page].values(head: head) + position * shape.headDimension)
                        .update(from: values.pointer + offset, count: shape.headDimension)
                }
            }
        }
    }

    /// Causal grouped-query attention: row i of `queries` ([n, heads * headDimension], rotated) sees positions
    /// 0...first + i of `pages`: [n, heads * headDimension]. Vaswani et al., "Attention Is All You Need", eq. 1.
    ///
    /// Pages are attended to apart and then merged in their order (as in Dao et al.'s "Flash-Decoding"), so that threads
    /// can share one row's long context, and one page, once in a core's cache, serves many rows and heads. What is
    /// added to what depends on absolute positions alone.
    package func attend(queries: Tensor, at first: Int, in pages: [CachePage]) -> Tensor {
        checkFit(queries, heads: \.heads, at: first, in: pages)
        let result = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let pageCount = (first + queries.rows + cachePagePositions - 1) / cachePagePositions
        // Few rows at a time where the context is long, so that the parts take a megabyte or two at the most.
        let block = max(1, (1 << 20) / (pageCount * queries.columns * MemoryLayout<Float>.stride))
        for row in stride(from: 0, to: queries.rows, by: block) {
            let rows = row..<min(row + block, queries.rows)
            let parts = AttentionParts(queries, rows, at: first, in: Array(pages[..<pageCount]), on: self)
            parts.merge(into: result)
        }
        return result
    }

    /// Traps where a kernel would otherwise read or write beyond a row or a page.
    private func checkFit(_ x: Tensor, heads: KeyPath<AttentionShape, Int>, at first: Int, in pages: [CachePage]) {
        precondition(first >= 0 && first + x.rows <= pages.count * cachePagePositions, "a page for each position")
        precondition(
            pages.allSatisfy { x.columns == $0.shape[keyPath: heads] * $0.shape.headDimension }, "rows of whole heads")
    }
}
