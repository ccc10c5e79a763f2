import CTensorKernels

extension ComputeContext {
    /// Causal grouped-query attention with RoPE, in one parallel region (one for each block of rows, where the parts of
    /// all would take more than a megabyte): rows of queries ([n, heads * headDimension]), keys and values (each [n,
    /// keyValueHeads * headDimension]) are those of positions `first`...; queries and keys are rotated, keys and values
    /// stored in a layer's pages, and row i looks back on positions 0...first + i there: [n, heads * headDimension].
    /// Vaswani et al., "Attention Is All You Need", eq. 1.
    ///
    /// Pages are attended to apart and then merged in their order (as in Dao et al.'s "Flash-Decoding"), so that
    /// threads can share one row's long context, and one page, once in a core's cache, serves many rows and heads. What
    /// is added to what depends on absolute positions alone.
    package func attend(
        queries: Tensor, keys: Tensor, values: Tensor, rotary: RotaryEmbedding, at first: Int, layer: Int,
        in cache: CachePages
    ) -> Tensor {
        let shape = cache.shape
        precondition(queries.columns == shape.heads * shape.headDimension, "rows of whole heads")
        precondition(keys.rows == queries.rows, "a key for each query")

        let result = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let rotated = Tensor(rows: queries.rows, columns: queries.columns, on: self)
        let rotatedKeys = Tensor(rows: keys.rows, columns: keys.columns, on: self)
        let angles = rotary.angles(first: first, count: queries.rows, on: self)
        let pageCount = (first + queries.rows + cachePagePositions - 1) / cachePagePositions
        // Few rows at a time where the context is long, so that the parts take a megabyte or two at the most.
        let block = max(1, min(queries.rows, (1 << 20) / (pageCount * queries.columns * MemoryLayout<Float>.stride)))
        let parts = AttentionParts(rows: block, pages: pageCount, shape, on: self)
        cache.withPages(layer: layer) { pages in
            let storing = CacheStoring(
                queries: queries, keys: keys, values: values, angles: angles, rotated: rotated,
                rotatedKeys: rotatedKeys,
                rotary: rotary, first: first, pages: pages, cache, on: self)
            for row in stride(from: 0, to: queries.rows, by: block) {
                pool.run(
                    AttentionJob(
                        storing: row == 0 ? storing : nil, queries: rotated, result: result,
                        rows: row..<min(row + block, queries.rows), first: first, pages: pages, parts: parts, cache,
                        on: self))
            }
        }
        withExtendedLifetime((rotated, rotatedKeys, angles, parts)) {}
        return result
    }
}
