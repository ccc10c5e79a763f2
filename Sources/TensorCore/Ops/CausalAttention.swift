import CTensorKernels

extension ComputeContext {
    /// Causal grouped-query attention within each of several sequences of `length` rows: queries [n, heads *
    /// headDimension], keys and values [n, keyValueHeads * headDimension] -> [n, heads * headDimension]. Queries and
    /// keys must be rotated.
    ///
    /// - Parameter window: the last positions that each row attends to, its own included; nil for all.
    package func causalAttention(
        queries: Tensor, keys: Tensor, values: Tensor, _ shape: AttentionShape, length: Int, window: Int? = nil
    ) -> Tensor {
        causalAttention(
            queries: queries, keys: keys, values: values, shape,
            segments: RowSegments(rows: queries.rows, length: length), window: window)
    }

    /// The same within sequences of different lengths. A sequence's results are those of the sequence alone, to the
    /// bit.
    ///
    /// Each thread takes a KV head of a sequence, whose key and value gradients it alone accumulates.
    package func causalAttention(
        queries: Tensor, keys: Tensor, values: Tensor, _ shape: AttentionShape, segments: RowSegments,
        window: Int? = nil
    ) -> Tensor {
        let pass = CausalAttention(
            queries: queries, keys: keys, values: values, shape, segments, window: window, on: self)
        pass.attend()
        let result = pass.output
        guard queries.isRecorded || keys.isRecorded || values.isRecorded else { return result }
        return result.recorded(from: [queries, keys, values], on: self) {
            [queries = queries.node, keys = keys.node, values = values.node] gradient in
            let gradients = pass.gradients(from: gradient)
            queries?.receive(gradients.queries)
            keys?.receive(gradients.keys)
            values?.receive(gradients.values)
        }
    }
}

/// The inputs and outputs of attention that its gradient needs.
private struct CausalAttention {
    let queries: Tensor
    let keys: Tensor
    let values: Tensor
    let output: Tensor
    /// [rows, heads], where each sequence's part is [heads, length].
    let logSums: Tensor
    let shape: AttentionShape
    let segments: RowSegments
    /// nil for all positions.
    let window: Int?
    let compute: ComputeContext
    let kernels: UnsafePointer<ctk_attention_kernels>

    init(
        queries: Tensor, keys: Tensor, values: Tensor, _ shape: AttentionShape, _ segments: RowSegments, window: Int?,
        on compute: ComputeContext
    ) {
        precondition((window ?? 1) >= 1, "a row attends to itself")
        precondition(queries.rows == segments.rowCount, "rows of whole sequences")
        precondition(
            queries.columns == shape.heads * shape.headDimension
                && keys.columns == shape.keyValueHeads * shape.headDimension && values.columns == keys.columns,
            "rows of whole heads")
        precondition(keys.rows == queries.rows && values.rows == queries.rows, "a key and a value for each query")
        self.queries = queries.detached()
        self.keys = keys.detached()
        self.values = values.detached()
        self.shape = shape
        self.segments = segments
        self.window = window
        self.compute = compute
        kernels = compute.kernels.attention(compute.productPrecision)
        output = Tensor(rows: queries.rows, columns: queries.columns, on: compute)
        logSums = Tensor(rows: queries.rows, columns: shape.heads, on: compute)
    }

    func attend() {
        forEachKeyValueHead { attention in kernels.pointee.attend(&attention) }
    }

    func gradients(from gradient: Tensor) -> (queries: Tensor, keys: Tensor, values: Tensor) {
        let result = (
            queries: Tensor(rows: queries.rows, columns: queries.columns, on: compute),
            keys: Tensor(rows: keys.rows, columns: keys.columns, on: compute),
            values: Tensor(rows: values.rows, columns: values.columns, on: compute)
        )
        forEachKeyValueHead { attention in
            let query = attention.output - output.pointer
            let key = attention.keys - UnsafePointer(keys.pointer)
            attention.output_gradient = UnsafePointer(gradient.pointer + query)
            attention.query_gradient = result.queries.pointer + query
            attention.key_gradient = result.keys.pointer + key
            attention.value_gradient = result.values.pointer + key
            kernels.pointee.attend_gradient(&attention)
        }
        return result
    }

    /// Calls `body` for each KV head of each sequence, on all threads.
    private func forEachKeyValueHead(_ body: (inout ctk_sequence_attention) -> Void) {
        let scratchCount = kernels.pointee.scratch(segments.longest, shape.headDimension)
        compute.pool.run(count: segments.lengths.count * shape.keyValueHeads, grain: 1) { items in
            let scratch = compute.memory.take(byteCount: scratchCount * MemoryLayout<Float>.stride)
            for item in items {
                let (sequence, head) = item.quotientAndRemainder(dividingBy: shape.keyValueHeads)
                let (start, length) = (segments.starts[sequence], segments.lengths[sequence])
                let firstHead = head * shape.group
                let query = start * queries.columns + firstHead * shape.headDimension
                let key = start * keys.columns + head * shape.headDimension
                var attention = ctk_sequence_attention()
                attention.length = length
                attention.window = window ?? length
                attention.heads = shape.group
                attention.head_dim = shape.headDimension
                attention.query_stride = queries.columns
                attention.key_stride = keys.columns
                attention.scale = 1 / Float(shape.headDimension).squareRoot()
                attention.queries = UnsafePointer(queries.pointer + query)
                attention.keys = UnsafePointer(keys.pointer + key)
                attention.values = UnsafePointer(values.pointer + key)
                attention.output = output.pointer + query
                attention.log_sums = logSums.pointer + start * shape.heads + firstHead * length
                attention.scratch = scratch.elements()
                body(&attention)
            }
            withExtendedLifetime(scratch) {}
        }
    }
}
