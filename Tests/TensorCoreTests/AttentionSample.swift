import TensorCore

/// Random queries, keys and values, and what attention makes of them.
struct AttentionSample {
    let shape: AttentionShape
    let format: CacheFormat
    var queries: Tensor
    var keys: Tensor
    var values: Tensor

    init(_ shape: AttentionShape, _ format: CacheFormat, length: Int) {
        self.shape = shape
        self.format = format
        queries = randomTensor(rows: length, columns: shape.heads * shape.headDimension, seed: 1)
        keys = randomTensor(rows: length, columns: shape.keyValueHeads * shape.headDimension, seed: 2)
        values = randomTensor(rows: length, columns: shape.keyValueHeads * shape.headDimension, seed: 3)
    }

    /// One layer's pages in which nothing is stored yet: whatever is read from them by mistake is NaN.
    func pages(on context: ComputeContext) -> CachePages {
        var pages = CachePages(shape, format: format, layerCount: 1)
        pages.reserve(queries.rows)
        func bad(_ columns: Int) -> Tensor {
            Tensor([Float](repeating: .nan, count: pages.capacity * columns), rows: pages.capacity, columns: columns)
        }
        _ = context.attend(
            queries: bad(queries.columns), keys: bad(keys.columns), values: bad(values.columns), rotary: still,
            at: 0, layer: 0, in: pages)
        return pages
    }

    /// All rows, some at a time.
    func attended(_ chunks: [Int], in pages: CachePages? = nil, on context: ComputeContext) -> Tensor {
        let pages = pages ?? self.pages(on: context)
        var first = 0
        return context.stacked(
            chunks.map { count in
                let rows = first..<first + count
                first += count
                return context.attend(
                    queries: queries[rows: rows], keys: keys[rows: rows], values: values[rows: rows], rotary: still,
                    at: rows.lowerBound, layer: 0, in: pages)
            })
    }

    /// One row's attention in f64, over keys and values as the format rounds them.
    func exact(row: Int) -> [Double] {
        let size = shape.headDimension
        let query = queries[rows: row..<row + 1].values
        let (keys, values) = (format.rounded(keys.values), format.rounded(values.values))
        func positions(_ elements: [Float], head: Int) -> [[Float]] {
            (0...row).map { position in
                let start = (position * shape.keyValueHeads + head) * size
                return Array(elements[start..<start + size])
            }
        }
        return (0..<shape.heads).flatMap { head in
            let keyValueHead = head / (shape.heads / shape.keyValueHeads)
            return Exact.attention(
                Array(query[head * size..<(head + 1) * size]), positions(keys, head: keyValueHead),
                positions(values, head: keyValueHead))
        }
    }

    /// A rotation that turns nothing.
    private var still: RotaryEmbedding {
        RotaryEmbedding(pairing: .halfSplit, frequencies: [Float](repeating: 0, count: shape.headDimension / 2))
    }
}

extension CacheFormat {
    private var dtype: DType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        }
    }

    /// What is left of values that were kept in this format.
    func rounded(_ values: [Float]) -> [Float] { Naive.dequantized(dtype.quantize(values), dtype) }
}
