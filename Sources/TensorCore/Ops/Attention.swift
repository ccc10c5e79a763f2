import CTensorKernels

extension ComputeContext {
    /// Causal grouped-query attention with RoPE for rows that may belong to several texts: queries [n, heads *
    /// headDimension], keys and values [n, keyValueHeads * headDimension] -> [n, heads * headDimension]. Vaswani et
    /// al., "Attention Is All You Need", eq. 1.
    ///
    /// Rows are those of `texts`, in their order. Queries and keys are rotated, keys and values are stored in a layer's
    /// pages of their text, and each row attends to the positions of its own text up to its own, or to the last of them
    /// if the rule has a window. It takes one parallel region, or one per block of rows if the intermediate results of
    /// all rows would take more than a megabyte.
    ///
    /// Each page is attended to separately, and the results are merged in page order (as in Dao et al.'s
    /// "Flash-Decoding"). So threads can share one row's long context, and one page in a core's cache serves many rows
    /// and heads. The order of additions depends on absolute positions alone, never on other texts.
    package func attend(
        queries: Tensor, keys: Tensor, values: Tensor, rule: PositionRule, layer: Int, of texts: Span<CachedRows>
    ) -> Tensor {
        let cache = texts[0]
        let shape = cache.shape
        precondition(queries.columns == shape.heads * shape.headDimension, "rows of whole heads")
        precondition(keys.rows == queries.rows, "a key for each query")

        let result = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let rotated = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let rotatedKeys = Tensor(rows: keys.rows, columns: keys.columns, on: self)
        let angles = rule.rotary.angles(of: texts, on: self)
        BatchTexts.with(texts, layer: layer) { batch in
            let storing = CacheStoring(
                queries: queries, keys: keys, values: values, angles: angles, rotated: rotated,
                rotatedKeys: rotatedKeys, rotary: rule.rotary, texts: batch, cache, on: self)
            var blocks = AttentionBlocks(batch, columns: queries.columns)
            let parts = AttentionParts(count: blocks.mostParts, shape, on: self)
            withUnsafeTemporaryAllocation(of: AttentionPiece.self, capacity: texts.count) { pieces in
                var isFirst = true
                while let block = blocks.next(into: pieces, heads: shape.heads) {
                    pool.run(
                        AttentionJob(
                            storing: isFirst ? storing : nil, queries: rotated, result: result, block, parts: parts,
                            rule: rule, cache, on: self))
                    isFirst = false
                }
            }
            withExtendedLifetime(parts) {}
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
