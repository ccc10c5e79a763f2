package import TensorCore

/// The keys (rotated) and values of one text, in pages of 256 positions.
///
/// Each layer has its own length, because drafting runs the early layers ahead of the others. Memory grows with the
/// positions in use, not with the capacity, and returns to its pool when the cache is destroyed.
package struct KVCache: ~Copyable, AttentionMemory {
    /// The most positions that a layer may hold.
    package let capacity: Int
    private let compute: ComputeContext
    private let contents: CacheContents

    /// Creates an empty cache for a model's layers.
    ///
    /// - Parameters:
    ///   - layerCount: the number of the model's layers that it covers; by default all. An exit block after one of them
    ///     is included.
    ///   - context: the most positions of the text, up to the model's context, which is the default.
    ///   - pool: where pages are taken from and returned to; by default a new pool.
    package init(
        for model: some LanguageModel, layerCount: Int? = nil, format: CacheFormat = .standard, context: Int? = nil,
        pool: CachePagePool = CachePagePool()
    ) {
        let capacity = min(context ?? model.contextLength, model.contextLength)
        var count = layerCount ?? model.layerCount
        var unused = count..<count
        if let exit = model.exitBlock, exit <= count {
            (unused, count) = (count..<model.layerCount, model.cacheLayerCount)
        }
        self.init(
            contents: CacheContents(
                pages: CachePages(model.attention, format: format, layerCount: count, pool: pool),
                lengths: Array(repeating: 0, count: count), unused: unused, capacity: capacity),
            capacity: capacity, compute: model.compute)
    }

    /// The bytes of a cache's first page of positions, and of each further page.
    package static func pageByteCount(for model: some LanguageModel, format: CacheFormat) -> Int {
        let shape = model.attention
        let elements = 2 * shape.keyValueHeads * shape.headDimension * cachePagePositions
        return model.cacheLayerCount * elements * format.byteCount
    }

    private init(contents: CacheContents, capacity: Int, compute: ComputeContext) {
        self.contents = contents
        self.capacity = capacity
        self.compute = compute
    }

    /// The format of keys and values.
    package var format: CacheFormat { contents.pages.format }

    /// The number of positions that every layer holds.
    package var length: Int { contents.leastLength }

    /// The number of positions that one layer holds.
    package func length(layer: Int) -> Int { contents.lengths[layer] }

    /// Bytes of the pages allocated so far.
    package var byteCount: Int { contents.pages.byteCount }

    /// Removes every position from `length` on, in every layer.
    package mutating func truncate(to length: Int) {
        precondition(length >= 0, "a length is not negative")
        for layer in contents.lengths.indices { contents.lengths[layer] = min(contents.lengths[layer], length) }
    }

    /// Returns an independent cache with the same contents. Copies all pages.
    package func copy() -> KVCache {
        KVCache(contents: contents.copy(), capacity: capacity, compute: compute)
    }

    package mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule
    ) -> Tensor {
        let rows = CollectionOfOne(contents.extend(layer: layer, by: keys.rows))
        return compute.attend(
            queries: queries, keys: keys, values: values, rule: rule, layer: layer, of: rows.span)
    }

    package mutating func append(layer: Int, keys: Tensor, values: Tensor, rule: PositionRule) {
        let rows = CollectionOfOne(contents.extend(layer: layer, by: keys.rows))
        compute.store(keys: keys, values: values, rotary: rule.rotary, layer: layer, of: rows.span)
    }

    package mutating func extend(
        layers: Range<Int>, by count: Int, _ body: (Span<CachedRows>) -> Tensor
    ) -> Tensor? {
        guard contents.haveOneLength(layers) else { return nil }
        let rows = CollectionOfOne(contents.extend(layers: layers, by: count))
        return body(rows.span)
    }

    /// The contents, to which a batch with rows of this text appends.
    var shared: CacheContents { contents }

    /// Whether this is an F16 cache with a value that is not finite, as keys and values beyond 65504 become. Reads the
    /// whole cache, so it is only for errors.
    package var isNonFiniteHalf: Bool {
        guard format == .f16 else { return false }
        for layer in contents.lengths.indices {
            for position in 0..<contents.lengths[layer] {
                let numbers = contents.pages.keysAndValues(layer: layer, position: position)
                if !numbers.allSatisfy(\.isFinite) { return true }
            }
        }
        return false
    }

    /// One position's rotated keys and its values in one layer; for tests and tools.
    package func keysAndValues(layer: Int, position: Int) -> [Float] {
        precondition(position < contents.lengths[layer], "position \(position) is not in the cache")
        return contents.pages.keysAndValues(layer: layer, position: position)
    }
}

/// The contents of a cache, shared by its handle and the batches with rows of its text. One thread uses it at a time.
final class CacheContents: @unchecked Sendable {
    let pages: CachePages
    /// The number of positions that each layer holds.
    var lengths: [Int]
    /// The layers between those of a text and its exit block, which hold nothing.
    private let unused: Range<Int>
    private let capacity: Int

    init(pages: CachePages, lengths: [Int], unused: Range<Int>, capacity: Int) {
        self.pages = pages
        self.lengths = lengths
        self.unused = unused
        self.capacity = capacity
    }

    /// The number of positions that every layer holds.
    var leastLength: Int {
        var least = capacity
        for layer in lengths.indices where !unused.contains(layer) { least = min(least, lengths[layer]) }
        return least
    }

    /// Extends a layer by some rows, and returns where to store them.
    func extend(layer: Int, by count: Int) -> CachedRows { extend(layers: layer..<layer + 1, by: count) }

    /// Whether some layers hold equally many positions.
    func haveOneLength(_ layers: Range<Int>) -> Bool { layers.allSatisfy { lengths[$0] == lengths[layers.lowerBound] } }

    /// Extends layers, which have one length, by some rows, and returns where to store them.
    func extend(layers: Range<Int>, by count: Int) -> CachedRows {
        let first = lengths[layers.lowerBound]
        let end = first + count
        precondition(end <= capacity, "\(end) positions in a cache for \(capacity)")
        pages.reserve(end)
        for layer in layers { lengths[layer] = end }
        return CachedRows(pages, first: first, count: count, context: capacity)
    }

    func copy() -> CacheContents {
        CacheContents(pages: pages.copy(), lengths: lengths, unused: unused, capacity: capacity)
    }
}
