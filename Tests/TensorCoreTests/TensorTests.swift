import TensorCore
import Testing

@Suite("Tensors")
struct TensorTests {
    @Test func rowsShareStorage() {
        let x = Tensor([1, 2, 3, 4, 5, 6], rows: 3, columns: 2)
        let tail = x[rows: 1..<3]
        #expect(tail.rows == 2 && tail.values == [3, 4, 5, 6])
        #expect(tail[rows: 1..<2].values == [5, 6] && tail[rows: 1..<1].values == [])
        let first = tail.withRow(1) { $0[0] }
        #expect(first == 5)
        #expect(ComputeContext.scalar.stacked([tail, x[rows: 0..<1]]).values == [3, 4, 5, 6, 1, 2])
    }

    /// Operations accept tensors without rows.
    @Test(arguments: KernelTable.available) func emptyTensors(table: KernelTable) {
        let context = ComputeContext.with(table, threads: 2)
        let empty = Tensor([], rows: 0, columns: 32)
        #expect(empty.values.isEmpty && context.stacked([empty, empty]).rows == 0 && context.stacked([]).rows == 0)
        let matrix = FileMatrix(random: .q4_0, rows: 5, columns: 32, seed: 1).packed(on: context)
        #expect(context.linear(empty, matrix).values.isEmpty)
        #expect(context.softmax(empty).rows == 0 && context.add(empty, empty).rows == 0)
        #expect(
            context.swiglu(gate: empty, up: empty).rows == 0
                && context.embedding([], matrix).rows == 0)
    }

    @Test func hashesTellRowsApart() {
        let x = Tensor([1, 2, 1, 2, 2, 1, 0, -0.0], rows: 4, columns: 2)
        let hashes = (0..<4).map { x.bitHash(row: $0) }
        #expect(hashes[0] == hashes[1] && Set(hashes).count == 3)
    }
}
