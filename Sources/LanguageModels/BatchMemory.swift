public import TensorCore

/// The attention memory of several texts at once: each row of a batch looks back on its own text's cache.
///
/// A row's result is the same as in a batch of its own text alone, to the bit. While a batch runs, nothing else may use
/// the caches of its texts.
public struct BatchMemory: AttentionMemory {
    private let compute: ComputeContext
    private var texts: [Text] = []
    /// Filled anew for each layer, in memory that layers share.
    private var rows: [CachedRows] = []

    private struct Text {
        let cache: CacheContents
        let rowCount: Int
    }

    /// A batch of no rows for a model.
    public init(for model: some LanguageModel) { compute = model.compute }

    /// Forgets all rows.
    public mutating func removeAll() {
        texts.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    /// Lets the batch's next rows be the next positions of a text.
    ///
    /// - Parameters:
    ///   - count: how many rows, at least 1.
    ///   - cache: the text's, which has no rows in the batch yet; caches of a batch have one shape and format.
    public mutating func addRows(_ count: Int, of cache: borrowing KVCache) {
        texts.append(Text(cache: cache.shared, rowCount: count))
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
        for text in texts { rows.append(text.cache.extend(layer: layer, by: text.rowCount)) }
    }
}
