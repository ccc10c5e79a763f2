import CTensorKernels

extension ComputeContext {
    /// Rotates keys, and stores keys and values ([n, keyValueHeads * headDimension]) in a layer's pages. Their rows are
    /// those of `texts`, in order.
    package func store(
        keys: Tensor, values: Tensor, rotary: RotaryEmbedding, layer: Int, of texts: Span<CachedRows>
    ) {
        let rotatedKeys = Tensor(rows: keys.rows, columns: keys.columns, on: self)
        let angles = rotary.angles(of: texts, on: self)
        BatchTexts.with(texts, layer: layer) { batch in
            let storing = CacheStoring(
                queries: nil, keys: keys, values: values, angles: angles, rotated: nil, rotatedKeys: rotatedKeys,
                rotary: rotary, texts: batch, texts[0], on: self)
            pool.run(StoringJob(storing: storing))
        }
        withExtendedLifetime((rotatedKeys, angles)) {}
    }
}

private struct StoringJob: ParallelJob {
    let storing: CacheStoring

    func run(_ thread: inout RegionThread) { storing.share(in: &thread) }
}

/// The step of attention that rotates queries and keys and stores keys and values. It holds only addresses and numbers,
/// like ``RowPreparation``.
struct CacheStoring: @unchecked Sendable {
    /// nil if there are no queries.
    private let queries: UnsafePointer<Float>?
    private let keys: UnsafePointer<Float>
    private let values: UnsafePointer<Float>
    private let angles: UnsafePointer<Float>
    private let rotated: UnsafeMutablePointer<Float>?
    private let rotatedKeys: UnsafeMutablePointer<Float>
    private let count: Int
    private let texts: BatchTexts
    private let shape: AttentionShape
    private let pairing: Int32
    /// Coordinates of a head that rotate.
    private let rotatedCount: Int
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>
    /// Rows of a head that a thread takes at once.
    private let grain: Int

    init(
        queries: Tensor?, keys: Tensor, values: Tensor, angles: Tensor, rotated: Tensor?, rotatedKeys: Tensor,
        rotary: RotaryEmbedding, texts: BatchTexts, _ cache: CachedRows, on context: ComputeContext
    ) {
        let shape = cache.shape
        precondition(
            keys.columns == shape.keyValueHeads * shape.headDimension && values.columns == keys.columns
                && rotary.dimensionCount <= shape.headDimension, "rows of whole heads")
        precondition(values.rows == keys.rows, "a value for each key")
        precondition(texts.rowCount == keys.rows, "a position for each key")
        self.queries = queries.map { UnsafePointer($0.pointer) }
        self.keys = UnsafePointer(keys.pointer)
        self.values = UnsafePointer(values.pointer)
        self.angles = UnsafePointer(angles.pointer)
        self.rotated = rotated?.pointer
        self.rotatedKeys = rotatedKeys.pointer
        count = keys.rows
        self.texts = texts
        self.shape = shape
        pairing = rotary.pairing.kernelPairing
        rotatedCount = rotary.dimensionCount
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
        // Neighbouring rows' keys share cache lines, for which threads would contend, so a thread takes many rows; but
        // all threads should have rows to rotate.
        let share = count * shape.keyValueHeads / context.pool.threadCount
        grain = min(count, max(Self.leastRowsAtOnce, min(share, Self.mostRowsAtOnce)))
    }

    private static let leastRowsAtOnce = 16
    private static let mostRowsAtOnce = 64

    /// Rotates and stores all rows and heads as one step of a region.
    func share(in thread: inout RegionThread) {
        thread.share(count * shape.keyValueHeads, grain: grain) { items in
            var hint = 0
            for item in items {
                let row = item % count
                store(row: row, head: item / count, of: texts.text(ofRow: row, hint: &hint))
            }
        }
    }

    /// Stores one key and value head, and rotates the query heads that share it.
    private func store(row: Int, head: Int, of text: TextRows) {
        let size = shape.headDimension
        if let queries, let rotated {
            let query = (row * shape.keyValueHeads + head) * shape.group * size
            rotate(queries + query, heads: shape.group, row: row, into: rotated + query)
        }
        let key = (row * shape.keyValueHeads + head) * size
        rotate(keys + key, heads: 1, row: row, into: rotatedKeys + key)
        let (page, position) = text.position(ofRow: row).quotientAndRemainder(dividingBy: cachePagePositions)
        cache.pointee.store(
            rotatedKeys + key, values + key, size, position, text.pages.keys(page, head: head),
            text.pages.values(page, head: head))
    }

    private func rotate(
        _ x: UnsafePointer<Float>, heads: Int, row: Int, into out: UnsafeMutablePointer<Float>
    ) {
        let size = shape.headDimension
        let cosines = angles + row * rotatedCount
        out.update(from: x, count: heads * size)
        kernels.functions.pointee.rotate(
            out, heads, size, rotatedCount, cosines, cosines + rotatedCount / 2, pairing)
    }
}
