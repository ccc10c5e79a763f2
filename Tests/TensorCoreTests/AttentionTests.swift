import TensorCore
import Testing

@Suite("Attention")
struct AttentionTests {
    /// The last position of each length, for groups of 1, 3 and 4 heads, against f64.
    @Test(arguments: [(2, 2), (3, 1), (8, 2)], [2, 8, 16, 20, 64, 80])
    func isNearTheExactValue(heads: (query: Int, keyValue: Int), headDimension: Int) {
        let shape = AttentionShape(heads: heads.query, keyValueHeads: heads.keyValue, headDimension: headDimension)
        let contexts = KernelTable.available.map { ComputeContext.with($0, threads: 2) }
        let memories = contexts.map { Memory(shape, length: 600, on: $0) }
        for length in [1, 15, 16, 17, 255, 256, 257, 600] {
            let query = memories[0].queries[rows: length - 1..<length]
            let expected = exactAttention(query.values, memories[0], length: length)
            for (context, memory) in zip(contexts, memories) {
                let result = context.attend(queries: query, at: length - 1, in: memory.pages).values
                let errors = zip(result, expected).map { (Double($0) - $1).magnitude }
                #expect((errors.max() ?? 1) < 2e-6, "\(context.kernels), length \(length)")
            }
        }
    }

    /// All query heads of one row, each with the key and value head of its group.
    private func exactAttention(_ query: [Float], _ memory: Memory, length: Int) -> [Double] {
        let shape = memory.shape
        let keys = memory.keys.rows(length, of: shape)
        let values = memory.values.rows(length, of: shape)
        return (0..<shape.heads).flatMap { head in
            let group = head / (shape.heads / shape.keyValueHeads)
            let part = query[head * shape.headDimension..<(head + 1) * shape.headDimension]
            return Exact.attention(Array(part), keys[group], values[group])
        }
    }

    /// Rows together or apart, in any chunks, by any number of threads; vector tables give the same bits too.
    @Test(arguments: [4, 20, 64, 80]) func companyDoesNotMatter(headDimension: Int) {
        let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: headDimension)
        var vectorResults: Set<[UInt32]> = []
        for table in KernelTable.available {
            let whole = attended(shape, chunks: [300], on: .with(table))
            for chunks in [[1, 299], [255, 1, 1, 43], [100, 100, 100], [256, 44], [17, 3, 240, 40]] {
                #expect(attended(shape, chunks: chunks, on: .with(table)) == whole, "\(table) \(chunks)")
            }
            #expect(attended(shape, chunks: Array(repeating: 1, count: 300), on: .with(table, threads: 2)) == whole)
            #expect(attended(shape, chunks: [300], on: .with(table, threads: 3)) == whole)
            if table.name != "scalar" { vectorResults.insert(whole) }
        }
        #expect(vectorResults.count <= 1)
    }

    /// A NaN among the visible keys or values is seen, and by no position before it.
    @Test(arguments: KernelTable.available, [0, 16, 255, 256, 299])
    func badValuesStayBad(table: KernelTable, bad: Int) {
        let context = ComputeContext.with(table)
        let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 8)
        for isKey in [true, false] {
            let memory = Memory(shape, length: 300, on: context)
            let row = Tensor([Float](repeating: .nan, count: 8), rows: 1, columns: 8)
            let good = randomTensor(rows: 1, columns: 8, seed: 9)
            context.store(keys: isKey ? row : good, values: isKey ? good : row, at: bad, in: memory.pages)
            let result = context.attend(queries: memory.queries, at: 0, in: memory.pages)
            for position in 0..<300 {
                let values = result[rows: position..<position + 1].values
                #expect(values.allSatisfy { $0.isNaN == (position >= bad) })
            }
        }
    }

    /// Scores of a size at which e^x overflows or vanishes still give weights.
    @Test(arguments: KernelTable.available) func largeScores(table: KernelTable) {
        let context = ComputeContext.with(table)
        let pages = [CachePage(AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 2))]
        let keys = Tensor([1e4, 0, -1e4, 0, 1e4, 0, 0, 0], rows: 4, columns: 2)
        context.store(keys: keys, values: Tensor([1, 2, 3, 4, 5, 6, 7, 8], rows: 4, columns: 2), at: 0, in: pages)
        let queries = Tensor([1e4, 0], rows: 1, columns: 2)
        #expect(context.attend(queries: queries, at: 3, in: pages).values == [3, 4])
    }

    /// A page gives back what was stored in it.
    @Test func pagesKeepWhatIsStored() {
        let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 3)
        let page = CachePage(shape)
        let keys = randomTensor(rows: 256, columns: 6, seed: 1)
        let values = randomTensor(rows: 256, columns: 6, seed: 2)
        ComputeContext.scalar.store(keys: keys, values: values, at: 0, in: [page])
        let copy = page.copy()
        for position in [0, 1, 15, 16, 255] {
            let (k, v) = (keys[rows: position..<position + 1].values, values[rows: position..<position + 1].values)
            #expect(copy.keysAndValues(position: position) == Array(k[..<3] + v[..<3] + k[3...] + v[3...]))
        }
    }

    private func attended(_ shape: AttentionShape, chunks: [Int], on context: ComputeContext) -> [UInt32] {
        let length = chunks.reduce(0, +)
        let source = Memory(shape, length: length, on: context)
        let pages = Memory.stale(shape, length: length, on: context)
        var first = 0
        return chunks.flatMap { count in
            let rows = first..<first + count
            context.store(keys: source.keys[rows: rows], values: source.values[rows: rows], at: first, in: pages)
            first += count
            return context.attend(queries: source.queries[rows: rows], at: rows.lowerBound, in: pages).bits
        }
    }
}

/// Random queries, keys and values, and pages that hold them; whatever lies beyond in the pages is NaN.
private struct Memory {
    let shape: AttentionShape
    let queries: Tensor
    let keys: Tensor
    let values: Tensor
    let pages: [CachePage]

    init(_ shape: AttentionShape, length: Int, on context: ComputeContext) {
        self.shape = shape
        queries = randomTensor(rows: length, columns: shape.heads * shape.headDimension, seed: 1)
        keys = randomTensor(rows: length, columns: shape.keyValueHeads * shape.headDimension, seed: 2)
        values = randomTensor(rows: length, columns: shape.keyValueHeads * shape.headDimension, seed: 3)
        pages = Self.stale(shape, length: length, on: context)
        context.store(keys: keys, values: values, at: 0, in: pages)
    }

    /// Pages full of NaN.
    static func stale(_ shape: AttentionShape, length: Int, on context: ComputeContext) -> [CachePage] {
        let pages = (0..<(length + 255) / 256).map { _ in CachePage(shape) }
        let (rows, columns) = (pages.count * 256, shape.keyValueHeads * shape.headDimension)
        let bad = Tensor([Float](repeating: .nan, count: rows * columns), rows: rows, columns: columns)
        context.store(keys: bad, values: bad, at: 0, in: pages)
        return pages
    }

}

extension Tensor {
    /// The first `length` rows, as a list of positions for each key and value head.
    fileprivate func rows(_ length: Int, of shape: AttentionShape) -> [[[Float]]] {
        let all = values
        return (0..<shape.keyValueHeads).map { head in
            (0..<length).map { position in
                let start = position * columns + head * shape.headDimension
                return Array(all[start..<start + shape.headDimension])
            }
        }
    }
}
