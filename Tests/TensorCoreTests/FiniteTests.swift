import TensorCore
import TestSupport
import Testing

@Suite("Non-finite elements in rows of files")
struct FiniteTests {
    @Test(arguments: DType.allCases) func isFoundWhereverItIs(dtype: DType) {
        var random = SeededGenerator(seed: 3)
        let columns = 7 * dtype.columns(atLeast: 32)
        let values = (0..<columns).map { _ in random.normal() }
        func scan(_ values: [Float]) -> Int? {
            dtype.quantize(values).withUnsafeBytes { dtype.firstNotFinite($0) }
        }
        #expect(scan(values) == nil)
        for wrong in [Float.nan, .infinity, -.infinity] {
            for index in [0, 1, 31, 32, 100, columns - 1] {
                var damaged = values
                damaged[index] = wrong
                #expect(scan(damaged) == index / dtype.elementsPerBlock, "\(wrong) at \(index)")
                damaged[columns - 1] = wrong
                #expect(scan(damaged) == index / dtype.elementsPerBlock, "\(wrong) at \(index)")
            }
        }
    }

    /// MXFP4 has no halves: only products beyond F32 are infinite, in blocks with one of the three largest scales.
    @Test(
        arguments: [
            (252, 0x77, true), (253, 0xe0, false), (253, 0xd5, true), (254, 0x40, false), (254, 0x3b, true),
            (255, 0x02, false), (255, 0x19, true),
        ] as [(UInt8, UInt8, Bool)])
    func productsOfMXFP4(exponent: UInt8, codes: UInt8, isFinite: Bool) {
        let size = DType.mxfp4.bytesPerBlock
        var bytes = [UInt8](repeating: 127, count: 3 * size)
        bytes[size] = exponent
        bytes[size + 9] = codes
        for i in size + 1..<2 * size where i != size + 9 { bytes[i] = 0 }
        #expect(Naive.dequantized(bytes, .mxfp4).allSatisfy(\.isFinite) == isFinite)
        let block = bytes.withUnsafeBytes { DType.mxfp4.firstNotFinite($0) }
        #expect(block == (isFinite ? nil : 1))
    }

    @Test func memoryThatThereIsNot() {
        let error = #expect(throws: MemoryError.self) { try MemoryBudget.check(.max, for: "a test") }
        #expect(error?.byteCount == .max)
        #expect(
            error?.description.hasPrefix("a test: expected 9223372036854775807 bytes of free memory, found ") == true)
        #expect(throws: Never.self) { try MemoryBudget.check(1 << 20, for: "a test") }
    }
}
