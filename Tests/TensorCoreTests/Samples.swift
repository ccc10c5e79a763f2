import TensorCore
import TestSupport

/// Nearly normal values, the same for the same seed.
func randomValues(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in generator.normal() }
}

/// A tensor of nearly normal values.
func randomTensor(rows: Int, columns: Int, seed: UInt64) -> Tensor {
    Tensor(randomValues(rows * columns, seed: seed), rows: rows, columns: columns)
}

extension DType {
    /// The smallest number of columns, at least `count`, that is a whole number of blocks.
    func columns(atLeast count: Int) -> Int {
        (count + elementsPerBlock - 1) / elementsPerBlock * elementsPerBlock
    }
}

/// A matrix in its file format.
struct FileMatrix {
    let dtype: DType
    let rows: Int
    let columns: Int
    let bytes: [UInt8]

    /// A matrix of the given bytes.
    init(_ bytes: [UInt8], dtype: DType, rows: Int, columns: Int) {
        self.dtype = dtype
        self.rows = rows
        self.columns = columns
        self.bytes = bytes
    }

    /// A matrix of random blocks or, for a format without blocks, of nearly normal values.
    init(random dtype: DType, rows: Int, columns: Int, seed: UInt64) {
        let bytes =
            dtype.isQuantized
            ? dtype.randomBlocks(rows * columns / dtype.elementsPerBlock, seed: seed)
            : dtype.quantize(randomValues(rows * columns, seed: seed ^ 0x5eed))
        self.init(bytes, dtype: dtype, rows: rows, columns: columns)
    }

    /// The matrix, packed for the context's table.
    func packed(on context: ComputeContext) -> PackedMatrix {
        bytes.withUnsafeBytes { PackedMatrix($0, dtype: dtype, rows: rows, columns: columns, on: context) }
    }

    /// Its values, by the tests' own dequantization.
    var values: [Float] { Naive.dequantized(bytes, dtype) }
}

extension ComputeContext {
    /// A context with its own small pool.
    static func with(_ table: KernelTable, threads: Int = 1) -> ComputeContext {
        ComputeContext(kernels: table, pool: ThreadPool(threads: threads))
    }

    /// Returns rows of a table for an array of ids.
    func embedding(_ ids: [Int32], _ table: PackedMatrix) -> Tensor { embedding(ids.span, table) }

    /// A context with the scalar table, the naive twin.
    static var scalar: ComputeContext { .with(KernelTable.available[0]) }
}

extension KernelTable {
    /// All tables but the scalar one; these agree with each other bit for bit in all row operations.
    static var vectors: [KernelTable] { Array(available.dropFirst()) }
}

extension Tensor {
    /// The values' bits, so that NaN equals NaN, and 0 differs from -0.
    var bits: [UInt32] { values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }
}
