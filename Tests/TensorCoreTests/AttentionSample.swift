import TensorCore

/// Random queries, keys and values, and the results of attention over them.
struct AttentionSample {
    let shape: AttentionShape
    let format: CacheFormat
    /// The positions that each row attends to; nil for all up to its own.
    let window: Int?
    var queries: Tensor
    var keys: Tensor
    var values: Tensor

    init(_ shape: AttentionShape, _ format: CacheFormat, length: Int, window: Int? = nil) {
        self.shape = shape
        self.format = format
        self.window = window
        queries = randomTensor(rows: length, columns: shape.heads * shape.headDimension, seed: 1)
        keys = randomTensor(rows: length, columns: shape.keyValueHeads * shape.headDimension, seed: 2)
        values = randomTensor(rows: length, columns: shape.keyValueHeads * shape.headDimension, seed: 3)
    }

    /// One layer's empty pages, filled with NaN, so that any read of a missing position shows.
    func pages() -> CachePages {
        let context = ComputeContext.with(KernelTable.available[KernelTable.available.count - 1])
        let pages = CachePages(shape, format: format, layerCount: 1)
        pages.reserve(queries.rows)
        func bad(_ columns: Int) -> Tensor {
            Tensor([Float](repeating: .nan, count: pages.capacity * columns), rows: pages.capacity, columns: columns)
        }
        _ = context.attend(
            queries: bad(queries.columns), keys: bad(keys.columns), values: bad(values.columns), rule: still,
            at: 0, layer: 0, in: pages)
        return pages
    }

    /// Attention of all rows, in chunks.
    func attended(_ chunks: [Int], in pages: CachePages? = nil, on context: ComputeContext) -> Tensor {
        let pages = pages ?? self.pages()
        var first = 0
        return context.stacked(
            chunks.map { count in
                let rows = first..<first + count
                first += count
                return context.attend(
                    queries: queries[rows: rows], keys: keys[rows: rows], values: values[rows: rows], rule: still,
                    at: rows.lowerBound, layer: 0, in: pages)
            })
    }

    /// Attention of some rows in f64, over keys and values rounded to the format.
    func exact(_ rows: [Int]) -> [[Double]] {
        let (keys, values) = (heads(format.rounded(keys.values)), heads(format.rounded(values.values)))
        return rows.map { row in
            let query = queries[rows: row..<row + 1].values
            let seen = max(0, row + 1 - (window ?? .max / 2))...row
            return (0..<shape.heads).flatMap { head in
                let keyValueHead = head / (shape.heads / shape.keyValueHeads)
                let part = query[head * shape.headDimension..<(head + 1) * shape.headDimension]
                return Exact.attention(
                    Array(part), Array(keys[keyValueHead][seen]), Array(values[keyValueHead][seen]))
            }
        }
    }

    /// Keys or values as a list of positions for each head.
    private func heads(_ elements: [Float]) -> [[[Float]]] {
        (0..<shape.keyValueHeads).map { head in
            (0..<keys.rows).map { position in
                let start = (position * shape.keyValueHeads + head) * shape.headDimension
                return Array(elements[start..<start + shape.headDimension])
            }
        }
    }

    /// A rotation by zero.
    private var still: PositionRule {
        let frequencies = [Float](repeating: 0, count: shape.headDimension / 2)
        return PositionRule(RotaryEmbedding(pairing: .halfSplit, frequencies: frequencies), window: window)
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

    /// Values after a round trip through this format.
    func rounded(_ values: [Float]) -> [Float] { Naive.dequantized(dtype.quantize(values), dtype) }
}
