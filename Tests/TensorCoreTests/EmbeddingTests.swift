import TensorCore
import Testing

@Suite("Embedding")
struct EmbeddingTests {
    /// Packing is lossless: in every table, each row equals the naive dequantization of its bytes.
    @Test(arguments: KernelTable.available, DType.allCases) func rowsComeBack(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table, threads: 2)
        let block = dtype.elementsPerBlock
        for columns in dtype.isQuantized ? [block, 2 * block, 5 * block] : [1, 2, 31, 64] {
            for rows in [1, 15, 16, 17, 33] {
                let matrix = FileMatrix(random: dtype, rows: rows, columns: columns, seed: UInt64(rows))
                let ids = (0..<Int32(rows)).reversed() + [0]
                let values = matrix.values
                let expected = ids.flatMap { values[Int($0) * columns..<(Int($0) + 1) * columns] }
                let result = context.embedding(Array(ids), matrix.packed(on: context))
                #expect(result.rows == ids.count && result.columns == columns)
                #expect(result.bits == Tensor(expected, rows: ids.count, columns: columns).bits)
            }
        }
    }

    /// Weights may be at any address of a file, including unaligned ones.
    @Test(arguments: KernelTable.available, DType.allCases) func anyAddressWillDo(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let columns = dtype.columns(atLeast: 64)
        let matrix = FileMatrix(random: dtype, rows: 3, columns: columns, seed: 1)
        for offset in 1...3 {
            let shifted = [UInt8](repeating: 0, count: offset) + matrix.bytes
            let packed = shifted.withUnsafeBytes { bytes in
                PackedMatrix(.init(rebasing: bytes[offset...]), dtype: dtype, rows: 3, columns: columns, on: context)
            }
            #expect(context.embedding([0, 1, 2], packed).values == matrix.values)
        }
    }
}
