import CTensorKernels

/// The step of attention that turns queries and keys and stores keys and values: addresses and numbers, like
/// ``RowPreparation``.
struct CacheStoring: @unchecked Sendable {
    private let queries: UnsafePointer<Float>
    private let keys: UnsafePointer<Float>
    private let values: UnsafePointer<Float>
    private let angles: UnsafePointer<Float>
    private let turned: UnsafeMutablePointer<Float>
    private let turnedKeys: UnsafeMutablePointer<Float>
    private let count: Int
    private let first: Int
    private let pages: LayerPages
    private let shape: AttentionShape
    private let pairing: Int32
    private let kernels: KernelTable
    private let cache: UnsafePointer<ctk_cache_kernels>

    init(
        queries: Tensor, keys: Tensor, values: Tensor, angles: Tensor, turned: Tensor, turnedKeys: Tensor,
        pairing: RoPEPairing, first: Int, pages: LayerPages, _ cache: CachePages, on context: ComputeContext
    ) {
        self.queries = UnsafePointer(queries.pointer)
        self.keys = UnsafePointer(keys.pointer)
        self.values = UnsafePointer(values.pointer)
        self.angles = UnsafePointer(angles.pointer)
        self.turned = turned.pointer
        self.turnedKeys = turnedKeys.pointer
        count = queries.rows
        self.first = first
        self.pages = pages
        shape = cache.shape
        self.pairing = pairing.kernelPairing
        kernels = context.kernels
        self.cache = context.kernels.cache(cache.format)
    }

    /// All rows and heads, as one step of a region.
    func share(in team: inout Team) {
        team.share(count * shape.keyValueHeads, grain: 1) { items in
            for item in items { store(row: item / shape.keyValueHeads, head: item % shape.keyValueHeads) }
        }
    }

    /// One key and value head, and the query heads that it serves.
    private func store(row: Int, head: Int) {
        let size = shape.headDimension
        let group = shape.group * size
        let query = (row * shape.keyValueHeads + head) * group
        turn(queries + query, heads: shape.group, row: row, into: turned + query)
        let key = (row * shape.keyValueHeads + head) * size
        turn(keys + key, heads: 1, row: row, into: turnedKeys + key)
        let (page, position) = (first + row).quotientAndRemainder(dividingBy: cachePagePositions)
        cache.pointee.store(
            turnedKeys + key, values + key, size, position, pages.keys(page, head: head),
            pages.values(page, head: head))
    }

    private func turn(
        _ x: UnsafePointer<Float>, heads: Int, row: Int, into out: UnsafeMutablePointer<Float>
    ) {
        let size = shape.headDimension
        let cosines = angles + row * size
        out.update(from: x, count: heads * size)
        kernels.functions.pointee.rotate(out, heads, size, cosines, cosines + size / 2, pairing)
    }
}
