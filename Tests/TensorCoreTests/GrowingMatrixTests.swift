import TensorCore
import TestSupport
import Testing

@Suite("Matrices that grow, and parts of matrices")
struct GrowingMatrixTests {
    private func elements(_ rows: Int, _ columns: Int, _ random: inout SeededGenerator) -> [[Float]] {
        (0..<rows).map { _ in (0..<columns).map { _ in Float.random(in: -1...1, using: &random) } }
    }

    private func packed(_ rows: [[Float]], _ dtype: DType, on context: ComputeContext) -> PackedMatrix {
        rows.flatMap { dtype.quantize($0) }.withUnsafeBytes {
            PackedMatrix($0, dtype: dtype, rows: rows.count, columns: rows[0].count, on: context)
        }
    }

    private func values(of matrix: PackedMatrix, row: Int32, _ context: ComputeContext) -> [Float] {
        let ids = [row]
        return context.embedding(ids.span, matrix).values
    }

    /// After each row, the product is that of a matrix packed at once.
    @Test(arguments: KernelTable.available, [DType.f32, .q8_0, .bf16])
    func rowsOneByOne(table: KernelTable, dtype: DType) {
        let context = ComputeContext(kernels: table, pool: ThreadPool(threads: 2))
        var random = SeededGenerator(seed: 3)
        let rows = elements(40, 64, &random)
        let x = Tensor(elements(3, 64, &random).flatMap(\.self), rows: 3, columns: 64)
        let growing = GrowingMatrix(dtype, capacity: 40, columns: 64, on: context)
        for round in 0..<2 {
            for count in 1...40 {
                growing.append(rows[count - 1])
                #expect(growing.rows == count)
                let expected = packed(Array(rows[..<count]), dtype, on: context)
                let found = growing.matrix
                #expect(context.linear(x, found).values == context.linear(x, expected).values, "round \(round)")
                #expect(found.byteCount == expected.byteCount)
            }
            growing.removeAll()
        }
    }

    @Test(arguments: KernelTable.available, [DType.f32, .q8_0, .q4_0, .f16])
    func someRows(table: KernelTable, dtype: DType) {
        let context = ComputeContext(kernels: table, pool: ThreadPool(threads: 2))
        var random = SeededGenerator(seed: 4)
        let all = packed(elements(50, 64, &random), dtype, on: context)
        let x = Tensor(elements(2, 64, &random).flatMap(\.self), rows: 2, columns: 64)
        let product = context.linear(x, all)
        for ids in [[7], [49, 0, 3, 3], (0..<50).map { 49 - $0 }] as [[Int32]] {
            // In F32, the part has exactly the elements of the whole.
            let part = PackedMatrix(rows: ids, of: all, as: .f32, on: context)
            let found = context.linear(x, part)
            let expected = context.columns(ids, of: product)
            #expect(found.rows == 2 && found.columns == ids.count)
            for (a, b) in zip(found.values, expected.values) { #expect(abs(a - b) < 0.05) }
            for (row, id) in ids.enumerated() {
                #expect(values(of: part, row: Int32(row), context) == values(of: all, row: id, context))
            }
        }
    }

    @Test func columns() {
        let context = ComputeContext(kernels: KernelTable.available[0], pool: ThreadPool(threads: 1))
        let x = Tensor([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
        let y = Tensor([7, 8], rows: 2, columns: 1)
        #expect(context.joined(x, y).values == [1, 2, 3, 7, 4, 5, 6, 8])
        #expect(context.columns([2, 0], of: x).values == [3, 1, 6, 4])
        #expect(context.spread(x, row: 1, to: [4, 0, 2], of: 6, else: -9).values == [5, -9, 6, -9, 4, -9])
    }
}
