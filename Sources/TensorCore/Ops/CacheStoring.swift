import CTensorKernels

extension ComputeContext {
    /// Rotates and stores keys and values ([n, keyValueHeads * headDimension]) of positions `first`... in a layer's
    /// pages.
    package func store(
        keys: Tensor, values: Tensor, rotary: RotaryEmbedding, at first: Int, layer: Int, in cache: CachePages
    ) {
        let rotatedKeys = Tensor(rows: keys.rows, columns: keys.columns, on: self)
        let angles = rotary.angles(first: first, count: keys.rows, on: self)
        cache.withPages(layer: layer) { pages in
            let storing = CacheStoring(
                queries: nil, keys: keys, values: values, angles: angles, rotated: nil, rotatedKeys: rotatedKeys,
                rotary: rotary, first: first, pages: pages, cache, on: self)
            pool.run(StoringJob(storing: storing))
        }
        withExtendedLifetime((rotatedKeys, angles)) {}
    }
}

private struct StoringJob: ParallelJob {
    let storing: CacheStoring

    func run(_ team: inout Team) { storing.share(in: &team) }
}

/// The step of attention that rotates queries and keys and stores keys and values: addresses and numbers, like
/// ``RowPreparation``.
struct CacheStoring: @unchecked Sendable {
    /// nil where there are no queries.
    private let queries: UnsafePointer<Float>?
    private let keys: UnsafePointer<Float>
    private let values: UnsafePointer<Float>
    private let angles: UnsafePointer<Float>
    private let rotated: UnsafeMutablePointer<Float>?
    private let rotatedKeys: UnsafeMutablePointer<Float>
    private let count: Int
    private let first: Int
    private let pages: LayerPages
    private let shape: AttentionShape
    private let pairing: Int32
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>
    /// Rows of a head that a thread takes at once.
    private let grain: Int

    init(
        queries: Tensor?, keys: Tensor, values: Tensor, angles: Tensor, rotated: Tensor?, rotatedKeys: Tensor,
        rotary: RotaryEmbedding, first: Int, pages: LayerPages, _ cache: CachePages, on context: ComputeContext
    ) {
        let shape = cache.shape
        precondition(
            keys.columns == shape.keyValueHeads * shape.headDimension && values.columns == keys.columns
                && rotary.frequencies.count * 2 == shape.headDimension, "rows of whole heads")
        precondition(values.rows == keys.rows, "a value for each key")
        precondition(first >= 0 && first + keys.rows <= cache.capacity, "a page for each position")
        self.queries = queries.map { UnsafePointer($0.pointer) }
        self.keys = UnsafePointer(keys.pointer)
        self.values = UnsafePointer(values.pointer)
        self.angles = UnsafePointer(angles.pointer)
        self.rotated = rotated?.pointer
        self.rotatedKeys = rotatedKeys.pointer
        count = keys.rows
        self.first = first
        self.pages = pages
        self.shape = shape
        pairing = rotary.pairing.kernelPairing
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
        // Neighbours' keys share cache lines, for which threads would wait; but all threads should have some rows to
        // rotate.
        let share = count * shape.keyValueHeads / context.pool.threadCount
        grain = min(count, max(Self.leastRowsAtOnce, min(share, Self.mostRowsAtOnce)))
    }

    private static let leastRowsAtOnce = 16
    private static let mostRowsAtOnce = 64

    /// All rows and heads, as one step of a region.
    func share(in team: inout Team) {
        team.share(count * shape.keyValueHeads, grain: grain) { items in
            for item in items { store(row: item % count, head: item / count) }
        }
    }

    /// One key and value head, and the query heads that it serves.
    private func store(row: Int, head: Int) {
        let size = shape.headDimension
        if let queries, let rotated {
            let query = (row * shape.keyValueHeads + head) * shape.group * size
            rotate(queries + query, heads: shape.group, row: row, into: rotated + query)
        }
        let key = (row * shape.keyValueHeads + head) * size
        rotate(keys + key, heads: 1, row: row, into: rotatedKeys + key)
        let (page, position) = (first + row).quotientAndRemainder(dividingBy: cachePagePositions)
        cache.pointee.store(
            rotatedKeys + key, values + key, size, position, pages.keys(page, head: head),
            pages.values(page, head: head))
    }

    private func rotate(
        _ x: UnsafePointer<Float>, heads: Int, row: Int, into out: UnsafeMutablePointer<Float>
    ) {
        let size = shape.headDimension
        let cosines = angles + row * size
        out.update(from: x, count: heads * size)
        kernels.functions.pointee.rotate(out, heads, size, cosines, cosines + size / 2, pairing)
    }
}
