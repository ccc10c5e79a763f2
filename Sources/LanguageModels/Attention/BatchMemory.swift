package import TensorCore

/// The attention memory of several texts at once: each row of a batch attends to its own text's cache.
///
/// A row's result is bit for bit the same as in a batch of its own text alone. While a batch runs, nothing else may use
/// the caches of its texts.
package struct BatchMemory: AttentionMemory {
    private let compute: ComputeContext
    private var caches: [CacheContents] = []
    /// The number of rows of each text.
    private var counts: [Int] = []
    /// The rows of all texts, refilled for each layer to reuse its memory.
    private var rows: [CachedRows] = []

    /// Creates a batch without rows for a model.
    package init(for model: some LanguageModel) { compute = model.compute }

    /// Removes all rows.
    package mutating func removeAll() {
        caches.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
    }

    /// Assigns the batch's next rows to the next positions of a text.
    ///
    /// - Parameters:
    ///   - count: the number of rows, at least 1.
    ///   - cache: the cache of a text that has no rows in the batch yet. All caches of a batch must have the same shape
    ///     and format.
    package mutating func addRows(_ count: Int, of cache: borrowing KVCache) {
        caches.append(cache.shared)
        counts.append(count)
    }

    package mutating func attend(
        layer: Int, queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule
    ) -> Tensor {
        extend(layer: layer)
        return compute.attend(
            queries: queries, keys: keys, values: values, rule: rule, layer: layer, of: rows.span)
    }

    package mutating func append(layer: Int, keys: Tensor, values: Tensor, rule: PositionRule) {
        extend(layer: layer)
        compute.store(keys: keys, values: values, rotary: rule.rotary, layer: layer, of: rows.span)
    }

    package mutating func extend(
        layers: Range<Int>, by count: Int, _ body: (Span<CachedRows>) -> Tensor
    ) -> Tensor? {
        guard caches.allSatisfy({ $0.haveOneLength(layers) }) else { return nil }
        rows.removeAll(keepingCapacity: true)
        for (cache, count) in zip(caches, counts) { rows.append(cache.extend(layers: layers, by: count)) }
        return body(rows.span)
    }

    private mutating func extend(layer: Int) {
        rows.removeAll(keepingCapacity: true)
        for (cache, count) in zip(caches, counts) { rows.append(cache.extend(layer: layer, by: count)) }
    }
}
