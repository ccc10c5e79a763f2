public import TensorCore

/// The keys (rotated) and values of one sequence, f32, in pages of 256 positions.
///
/// Each layer knows its own length, since drafting lets the early layers run ahead of the others. Memory grows with the
/// positions in use, not with the capacity.
public struct KVCache: ~Copyable, AttentionMemory {
    /// The most positions that a layer may hold.
    public let capacity: Int
    private let shape: AttentionShape
    private let compute: ComputeContext
    private var layers: [Layer]

    private struct Layer {
        var length = 0
        var pages: [CachePage] = []
    }

    /// An empty cache for a model's layers, as long as its context.
    public init(for model: some LanguageModel) {
        self.init(
            layers: Array(repeating: Layer(), count: model.layerCount), capacity: model.contextLength,
            shape: model.attention, compute: model.compute)
    }

    private init(layers: [Layer], capacity: Int, shape: AttentionShape, compute: ComputeContext) {
        self.layers = layers
        self.capacity = capacity
        self.shape = shape
        self.compute = compute
    }

    /// Positions that every layer holds.
    public var length: Int { layers.reduce(Int.max) { min($0, $1.length) } }

    /// Positions that one layer holds.
    public func length(layer: Int) -> Int { layers[layer].length }

    /// Bytes of the pages allocated so far.
    public var byteCount: Int {
        layers.reduce(0) { $0 + $1.pages.count } * CachePage.byteCount(shape)
    }

    /// Forgets every position from `length` on, in every layer.
    public mutating func truncate(to length: Int) {
        precondition(length >= 0, "a length is not negative")
        for layer in layers.indices { layers[layer].length = min(layers[layer].length, length) }
    }

    /// A cache of its own with the same contents. Copies all pages: as costly as it says.
    public func copy() -> KVCache {
        let copies = layers.map { Layer(length: $0.length, pages: $0.pages.map { $0.copy() }) }
        return KVCache(layers: copies, capacity: capacity, shape: shape, compute: compute)
    }

    public mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding
    ) -> Tensor {
        let first = layers[layer].length
        let end = first + queries.rows
        precondition(end <= capacity, "\(end) positions in a cache for \(capacity)")
        while layers[layer].pages.count * cachePagePositions < end { layers[layer].pages.append(CachePage(shape)) }
        layers[layer].length = end

        let pages = layers[layer].pages
        let rotatedKeys = compute.rotated(keys, by: rotary, headDimension: shape.headDimension, first: first)
        let rotatedQueries = compute.rotated(queries, by: rotary, headDimension: shape.headDimension, first: first)
        // Keys and values are read back from the cache even for these same rows, so that a row's result does not
        // depend on whether its neighbours came with it or before it.
        compute.store(keys: rotatedKeys, values: values, at: first, in: pages)
        return compute.attend(queries: rotatedQueries, at: first, in: pages)
    }

    /// One position's rotated keys and its values in one layer; for tests and tools.
    package func keysAndValues(layer: Int, position: Int) -> [Float] {
        precondition(position < layers[layer].length, "position \(position) is not in the cache")
        let (page, index) = position.quotientAndRemainder(dividingBy: cachePagePositions)
        return layers[layer].pages[page].keysAndValues(position: index)
    }
}
