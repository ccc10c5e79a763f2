public import TensorCore

/// The attention memory of several texts at once: each row of a batch looks back on its own text's cache.
///
/// A row's result is the same as in a batch of its own text alone, to the bit. While a batch runs, nothing else may use
/// the caches of its texts.
public struct BatchMemory: AttentionMemory {
    private let compute: ComputeContext
    private var caches: [CacheContents] = []
    /// For each text, how many rows it has.
    private var counts: [Int] = []
    /// The rows of all texts, filled anew for each layer, in memory that layers share.
    private var rows: [CachedRows] = []

    /// A batch of no rows for a model.
    public init(for model: some LanguageModel) { compute = model.compute }

    /// Forgets all rows.
    public mutating func removeAll() {
        caches.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
    }

    /// Lets the batch's next rows be the next positions of a text.
    ///
    /// - Parameters:
    ///   - count: how many rows, at least 1.
    ///   - cache: the text's, which has no rows in the batch yet; caches of a batch have one shape and format.
    public mutating func addRows(_ count: Int, of cache: borrowing KVCache) {
        caches.append(cache.shared)
        counts.append(count)
    }

    public mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding
    ) -> Tensor {
        extend(layer: layer)
        return compute.attend(
            queries: queries, keys: keys, values: values, rotary: rotary, layer: layer, of: rows.span)
    }

    public mutating func append(layer: Int, keys: Tensor, values: Tensor, rotary: RotaryEmbedding) {
        extend(layer: layer)
        compute.store(keys: keys, values: values, rotary: rotary, layer: layer, of: rows.span)
    }

    private mutating func extend(layer: Int) {
        rows.removeAll(keepingCapacity: true)
        for (cache, count) in zip(caches, counts) { rows.append(cache.extend(layer: layer, by: count)) }
    }
}
