public import TensorCore

/// The keys (rotated) and values of one sequence, in pages of 256 positions.
///
/// Each layer knows its own length, since drafting lets the early layers run ahead of the others. Memory grows with the
/// positions in use, not with the capacity.
public struct KVCache: ~Copyable, AttentionMemory {
    /// The most positions that a layer may hold.
    public let capacity: Int
    private let compute: ComputeContext
    private var lengths: [Int]
    private var pages: CachePages

    /// An empty cache for a model's layers, as long as its context.
    public init(for model: some LanguageModel, format: CacheFormat = .standard) {
        self.init(
            lengths: Array(repeating: 0, count: model.layerCount),
            pages: CachePages(model.attention, format: format, layerCount: model.layerCount),
            capacity: model.contextLength, compute: model.compute)
    }

    /// Bytes that a cache takes for its first positions, and again for each further page of them.
    package static func pageByteCount(for model: some LanguageModel, format: CacheFormat) -> Int {
        let shape = model.attention
        let elements = 2 * shape.keyValueHeads * shape.headDimension * cachePagePositions
        return model.layerCount * elements * format.byteCount
    }

    private init(lengths: [Int], pages: CachePages, capacity: Int, compute: ComputeContext) {
        self.lengths = lengths
        self.pages = pages
        self.capacity = capacity
        self.compute = compute
    }

    /// The format of keys and values.
    public var format: CacheFormat { pages.format }

    /// Positions that every layer holds.
    public var length: Int { lengths.reduce(capacity) { min($0, $1) } }

    /// Positions that one layer holds.
    public func length(layer: Int) -> Int { lengths[layer] }

    /// Bytes of the pages allocated so far.
    public var byteCount: Int { pages.byteCount }

    /// Forgets every position from `length` on, in every layer.
    public mutating func truncate(to length: Int) {
        precondition(length >= 0, "a length is not negative")
        for layer in lengths.indices { lengths[layer] = min(lengths[layer], length) }
    }

    /// A cache of its own with the same contents. Copies all pages: as costly as it says.
    public func copy() -> KVCache {
        KVCache(lengths: lengths, pages: pages.copy(), capacity: capacity, compute: compute)
    }

    public mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding
    ) -> Tensor {
        let first = makeRoom(for: keys.rows, layer: layer)
        return compute.attend(
            queries: queries, keys: keys, values: values, rotary: rotary, at: first, layer: layer, in: pages)
    }

    public mutating func append(layer: Int, keys: Tensor, values: Tensor, rotary: RotaryEmbedding) {
        let first = makeRoom(for: keys.rows, layer: layer)
        compute.store(keys: keys, values: values, rotary: rotary, at: first, layer: layer, in: pages)
    }

    /// Lengthens a layer; returns the first of its new positions.
    private mutating func makeRoom(for count: Int, layer: Int) -> Int {
        let first = lengths[layer]
        let end = first + count
        precondition(end <= capacity, "\(end) positions in a cache for \(capacity)")
        pages.reserve(end)
        lengths[layer] = end
        return first
    }

    /// Whether this is a cache of F16 with something in it that is not finite, as keys and values beyond 65504 become.
    /// Reads all of the cache: for errors only.
    package var isNonFiniteHalf: Bool {
        guard format == .f16 else { return false }
        for layer in lengths.indices {
            for position in 0..<lengths[layer] {
                let numbers = pages.keysAndValues(layer: layer, position: position)
                if !numbers.allSatisfy(\.isFinite) { return true }
            }
        }
        return false
    }

    /// One position's rotated keys and its values in one layer; for tests and tools.
    package func keysAndValues(layer: Int, position: Int) -> [Float] {
        precondition(position < lengths[layer], "position \(position) is not in the cache")
        return pages.keysAndValues(layer: layer, position: position)
    }
}
