import CTensorKernels

extension ComputeContext {
    /// Causal grouped-query attention with RoPE for rows that may belong to several texts: queries [n, heads *
    /// headDimension], keys and values [n, keyValueHeads * headDimension] -> [n, heads * headDimension]. Vaswani et
    /// al., "Attention Is All You Need", eq. 1.
    ///
    /// Rows are those of `texts`, in their order. Queries and keys are rotated, keys and values are stored in a layer's
    /// pages of their text, and each row attends to the positions of its own text up to its own, or to the last of them
    /// if the rule has a window. It takes one parallel region.
    ///
    /// Each page is attended to separately, and the results are merged in page order (as in Dao et al.'s
    /// "Flash-Decoding"). So threads can share one row's long context, and one page in a core's cache serves many rows
    /// and heads. The order of additions depends on absolute positions alone, never on other texts.
    package func attend(
        queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule, layer: Int, of texts: Span<CachedRows>
    ) -> Tensor {
        let cache = texts[0]
        let shape = cache.shape
        let result = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let rotated = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let rotatedKeys = Tensor(rows: keys.rows, columns: keys.columns, on: self)
        let angles = rule.rotary.angles(of: texts, on: self)
        BatchTexts.with(texts, layer: layer) { batch in
            AttentionBlocks.with(batch, shape, threads: pool.threadCount) { blocks, mostParts in
                let parts = AttentionParts(count: mostParts, shape, on: self)
                let storing = CacheStoring(
                    queries: queries, rotated: rotated, keys: keys, values: values, rotatedKeys: rotatedKeys,
                    texts: batch, cache, on: self)
                let steps = AttentionSteps(
                    storing, queries: rotated.pointer, result: result.pointer, blocks, parts, cache, on: self)
                withExtendedLifetime(parts) {
                    pool.run(
                        AttentionJob(steps: steps, layer: LayerAttention(rule, angles: UnsafePointer(angles.pointer))))
                }
            }
        }
        withExtendedLifetime((rotated, rotatedKeys, angles)) {}
        return result
    }

    /// The same attention for rows of one text.
    package func attend(
        queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule, at first: Int, layer: Int,
        in cache: CachePages
    ) -> Tensor {
        let rows = CachedRows(cache, first: first, count: queries.rows, context: first + queries.rows)
        return attend(
            queries: queries, keys: keys, values: values, rule: rule, layer: layer, of: CollectionOfOne(rows).span)
    }
}

private struct AttentionJob: ParallelJob {
    let steps: AttentionSteps
    let layer: LayerAttention

    func run(_ thread: inout RegionThread) { steps.share(layer, in: &thread) }
}
