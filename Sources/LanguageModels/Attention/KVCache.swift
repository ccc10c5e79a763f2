public import TensorCore

/// The keys (rotated) and values of one text, in pages of 256 positions.
///
/// Each layer knows its own length, since drafting lets the early layers run ahead of the others. Memory grows with the
/// positions in use, not with the capacity, and goes back to its pool with the cache.
public struct KVCache: ~Copyable, AttentionMemory {
    /// The most positions that a layer may hold.
    public let capacity: Int
    private let compute: ComputeContext
    private let contents: CacheContents

    /// An empty cache for a model's layers, as long as its context.
    ///
    /// - Parameters:
    ///   - layerCount: how many of the model's layers it is for; by default all.
    ///   - pool: where pages come from and go back to; by default one of its own.
    public init(
        for model: some LanguageModel, layerCount: Int? = nil, format: CacheFormat = .standard,
        pool: CachePagePool = CachePagePool()
    ) {
        self.init(
            contents: CacheContents(
                pages: CachePages(
                    model.attention, format: format, layerCount: layerCount ?? model.layerCount, pool: pool),
                lengths: Array(repeating: 0, count: layerCount ?? model.layerCount), capacity: model.contextLength),
            capacity: model.contextLength, compute: model.compute)
    }

    /// Bytes that a cache takes for its first positions, and again for each further page of them.
    package static func pageByteCount(for model: some LanguageModel, format: CacheFormat) -> Int {
        let shape = model.attention
        let elements = 2 * shape.keyValueHeads * shape.headDimension * cachePagePositions
        return model.layerCount * elements * format.byteCount
    }

    private init(contents: CacheContents, capacity: Int, compute: ComputeContext) {
        self.contents = contents
        self.capacity = capacity
        self.compute = compute
    }

    /// The format of keys and values.
    public var format: CacheFormat { contents.pages.format }

    /// Positions that every layer holds.
    public var length: Int { contents.lengths.reduce(capacity) { min($0, $1) } }

    /// Positions that one layer holds.
    public func length(layer: Int) -> Int { contents.lengths[layer] }

    /// Bytes of the pages allocated so far.
    public var byteCount: Int { contents.pages.byteCount }

    /// Forgets every position from `length` on, in every layer.
    public mutating func truncate(to length: Int) {
        precondition(length >= 0, "a length is not negative")
        for layer in contents.lengths.indices { contents.lengths[layer] = min(contents.lengths[layer], length) }
    }

    /// A cache of its own with the same contents. Copies all pages: as costly as it says.
    public func copy() -> KVCache {
        KVCache(contents: contents.copy(), capacity: capacity, compute: compute)
    }

    public mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding
    ) -> Tensor {
        let rows = CollectionOfOne(contents.extend(layer: layer, by: keys.rows))
        return compute.attend(
            queries: queries, keys: keys, values: values, rotary: rotary, layer: layer, of: rows.span)
    }

    public mutating func append(layer: Int, keys: Tensor, values: Tensor, rotary: RotaryEmbedding) {
        let rows = CollectionOfOne(contents.extend(layer: layer, by: keys.rows))
        compute.store(keys: keys, values: values, rotary: rotary, layer: layer, of: rows.span)
    }

    /// What a batch that has rows of this text appends to.
    var shared: CacheContents { contents }

    /// Whether this is a cache of F16 with something in it that is not finite, as keys and values beyond 65504 become.
    /// Reads all of the cache: for errors only.
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

/// What a cache holds, for its handle and for the batches that its text has rows in. One thread uses it at a time.
final class CacheContents: @unchecked Sendable {
    let pages: CachePages
    /// Positions that each layer holds.
    var lengths: [Int]
    private let capacity: Int

    init(pages: CachePages, lengths: [Int], capacity: Int) {
        self.pages = pages
        self.lengths = lengths
        self.capacity = capacity
    }

    /// Lengthens a layer by some rows, and says where they are to be stored.
    func extend(layer: Int, by count: Int) -> CachedRows {
        let first = lengths[layer]
        let end = first + count
        precondition(end <= capacity, "\(end) positions in a cache for \(capacity)")
        pages.reserve(end)
        lengths[layer] = end
        return CachedRows(pages, first: first, count: count)
    }

    func copy() -> CacheContents { CacheContents(pages: pages.copy(), lengths: lengths, capacity: capacity) }
}
