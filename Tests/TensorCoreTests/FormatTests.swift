import CTensorKernels
import TensorCore
import TestSupport
import Testing

/// The facts in C's table of each format; conversions and products have their own tests.
@Suite("Facts of weight formats")
struct FormatTests {
    /// The cases are C's formats, in the same order.
    @Test func casesAreTheFormatsOfC() {
        let formats = (0..<Int32(CTK_FORMAT_COUNT)).map { ctk_format($0).pointee }
        #expect(formats.map { String(cString: $0.name) } == DType.allCases.map(\.rawValue))
        #expect(formats.map(\.block_bytes) == DType.allCases.map(\.bytesPerBlock))
        #expect(ctk_format(-1) == nil && ctk_format(Int32(CTK_FORMAT_COUNT)) == nil)
        #expect(ctk_file_row_bytes(-1, 32) == 0)
        // A block of weights must consist of whole blocks of activations.
        for dtype in DType.allCases where dtype.isQuantized { #expect(dtype.elementsPerBlock % 32 == 0) }
    }

    /// Every readable format can be used in products on every table.
    @Test(arguments: KernelTable.available, DType.allCases) func isComputed(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let columns = 3 * dtype.elementsPerBlock
        let matrix = FileMatrix(random: dtype, rows: 5, columns: columns, seed: 2)
        let weights = matrix.packed(on: context)
        let rows = context.embedding([0, 4], weights)
        #expect(rows.values == Array(matrix.values[..<columns] + matrix.values[(4 * columns)...]))
        let x = randomTensor(rows: 3, columns: columns, seed: 1)
        #expect(context.linear(x, weights)[rows: 2..<3].bits == context.linear(x[rows: 2..<3], weights).bits)
    }

    /// Only a block's halves can make its elements infinite or NaN, and the check for finite values reads exactly
    /// these.
    @Test(arguments: DType.allCases.filter(\.isQuantized)) func halvesAreWhatMakesABlockBad(dtype: DType) {
        for half in dtype.halfOffsets {
            var bytes = dtype.randomBlocks(4, seed: 3)
            #expect(dtype.dequantized(bytes).allSatisfy { $0.isFinite })
            #expect(firstNotFinite(bytes, dtype) == nil)
            let start = 2 * dtype.bytesPerBlock + half
            (bytes[start], bytes[start + 1]) = (0x00, 0xfc)
            let block = dtype.dequantized(bytes)[(2 * dtype.elementsPerBlock)...].prefix(dtype.elementsPerBlock)
            #expect(block.contains { !$0.isFinite })
            #expect(firstNotFinite(bytes, dtype) == 2)
        }
    }

    /// Values read from a format whose quantizer does not search are written back unchanged.
    @Test(arguments: [.f32, .f16, .bf16, .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .mxfp4] as [DType])
    func whatIsReadIsWrittenAgain(dtype: DType) {
        for seed in 0..<20 as Range<UInt64> {
            let once = dtype.quantize(randomValues(3 * dtype.elementsPerBlock, seed: seed))
            #expect(dtype.quantize(dtype.dequantized(once)) == once)
        }
    }

    /// MXFP4 has scales for all finite numbers.
    @Test(arguments: DType.allCases.filter { $0 != .mxfp4 }) func largestElementIsTheLargest(dtype: DType) {
        func stored(_ largest: Float) -> [Float] {
            let zeros = [Float](repeating: 0, count: dtype.elementsPerBlock - 1)
            return dtype.dequantized(dtype.quantize([largest] + zeros))
        }
        #expect(stored(dtype.largestElement)[0] == dtype.largestElement)
        #expect(!stored(dtype.largestElement * 1.01)[0].isFinite)
    }

    private func firstNotFinite(_ bytes: [UInt8], _ dtype: DType) -> Int? {
        bytes.withUnsafeBytes { dtype.firstNotFinite($0) }
    }
}

extension DType {
    fileprivate func dequantized(_ bytes: [UInt8]) -> [Float] {
        bytes.withUnsafeBytes { dequantize($0, columns: bytes.count / bytesPerBlock * elementsPerBlock) }
    }
}
