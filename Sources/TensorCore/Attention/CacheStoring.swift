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
                keys: keys, values: values, rotatedKeys: rotatedKeys, texts: batch, texts[0], on: self)
            pool.run(
                StoringJob(
                    storing: storing, layer: LayerAttention(PositionRule(rotary), angles: UnsafePointer(angles.pointer))
                ))
        }
        withExtendedLifetime((rotatedKeys, angles)) {}
    }
}

private struct StoringJob: ParallelJob {
    let storing: CacheStoring
    let layer: LayerAttention

    func run(_ thread: inout RegionThread) { storing.share(layer, in: &thread) }
}

/// The part of attention that rotates queries and keys and stores keys and values. It holds only addresses and numbers,
/// like ``RowPreparation``.
struct CacheStoring: @unchecked Sendable {
    /// nil if there are no queries.
    private var queries: (from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>)?
    private let keys: (from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>)
    private let values: UnsafePointer<Float>
    private let texts: BatchTexts
    private let shape: AttentionShape
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>
    /// Rows of a head that a thread takes at once.
    private let grain: Int

    /// - Parameters:
    ///   - queries: where the rows of queries are, and where their rotated heads are written; perhaps the same place.
    ///   - keys: the same for keys.
    init(
        queries: (from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>)?,
        keys: (from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>), values: UnsafePointer<Float>,
        texts: BatchTexts, _ cache: CachedRows, on context: ComputeContext
    ) {
        self.queries = queries
        self.keys = keys
        self.values = values
        self.texts = texts
        shape = cache.shape
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
        // Neighbouring rows' keys share cache lines, for which threads would contend, so a thread takes many rows; but
        // all threads should have rows to rotate.
        let count = texts.rowCount
        let share = count * shape.keyValueHeads / context.pool.threadCount
        grain = min(count, max(Self.leastRowsAtOnce, min(share, Self.mostRowsAtOnce)))
    }

    /// The same for tensors of keys and values, without queries.
    init(
        keys: Tensor, values: Tensor, rotatedKeys: Tensor, texts: BatchTexts, _ cache: CachedRows,
        on context: ComputeContext
    ) {
        let columns = cache.shape.keyValueHeads * cache.shape.headDimension
        precondition(keys.columns == columns && values.columns == columns, "rows of whole heads")
        precondition(values.rows == keys.rows, "a value for each key")
        precondition(texts.rowCount == keys.rows, "a position for each key")
        self.init(
            queries: nil, keys: (UnsafePointer(keys.pointer), rotatedKeys.pointer),
            values: UnsafePointer(values.pointer), texts: texts, cache, on: context)
    }

    /// The same with queries.
    init(
        queries: Tensor, rotated: Tensor, keys: Tensor, values: Tensor, rotatedKeys: Tensor, texts: BatchTexts,
        _ cache: CachedRows, on context: ComputeContext
    ) {
        precondition(queries.rows == keys.rows, "a key for each query")
        precondition(queries.columns == cache.shape.heads * cache.shape.headDimension, "rows of whole heads")
        self.init(keys: keys, values: values, rotatedKeys: rotatedKeys, texts: texts, cache, on: context)
        self.queries = (UnsafePointer(queries.pointer), rotated.pointer)
    }

    private static let leastRowsAtOnce = 16
    private static let mostRowsAtOnce = 64

    /// Rotates and stores all rows and heads as one step of a region.
    func share(_ layer: LayerAttention, in thread: inout RegionThread) {
        let count = texts.rowCount
        thread.share(count * shape.keyValueHeads, grain: grain) { items in
            var hint = 0
            for item in items {
                let row = item % count
                store(row: row, head: item / count, of: texts.text(ofRow: row, hint: &hint), layer)
            }
        }
    }

    /// Stores one key and value head, and rotates the query heads that share it.
    func store(row: Int, head: Int, of text: TextRows, _ layer: LayerAttention) {
        let size = shape.headDimension
        if let queries {
            let query = (row * shape.keyValueHeads + head) * shape.group * size
            prepare(queries.from + query, queries.to + query, heads: shape.group, layer.queryNorm)
            if layer.queryScale != 1 {
                kernels.functions.pointee.scale(layer.queryScale, shape.group * size, queries.to + query)
            }
            layer.rotation.rotate(queries.to + query, heads: shape.group, of: size, row: row, kernels)
        }
        let key = (row * shape.keyValueHeads + head) * size
        prepare(keys.from + key, keys.to + key, heads: 1, layer.keyNorm)
        layer.rotation.rotate(keys.to + key, heads: 1, of: size, row: row, kernels)
        let (page, position) = text.position(ofRow: row).quotientAndRemainder(dividingBy: cachePagePositions)
        let pages = text.pages.moved(by: layer.layersAhead)
        cache.pointee.store(
            keys.to + key, values + key, size, position, pages.keys(page, head: head), pages.values(page, head: head))
    }

    /// to = norm(from) for each head, or from without a norm.
    private func prepare(
        _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, heads: Int, _ norm: NormAddresses?
    ) {
        let size = shape.headDimension
        if let norm {
            for head in 0..<heads { norm.apply(from + head * size, to + head * size, kernels) }
        } else if from != UnsafePointer(to) {
            to.update(from: from, count: heads * size)
        }
    }
}
