import TensorCore
import TestSupport
import Testing

@Suite("Non-finite elements in rows of files")
struct FiniteTests {
    @Test(arguments: DType.allCases) func isFoundWhereverItIs(dtype: DType) {
        var random = SeededGenerator(seed: 3)
        let columns = 7 * 32
        let values = (0..<columns).map { _ in random.normal() }
        func scan(_ values: [Float]) -> (block: Int?, scale: Float) {
            var scale: Float = 0
            let block = dtype.quantize(values).withUnsafeBytes { dtype.firstNotFinite($0, largestScale: &scale) }
            return (block, scale)
        }
        #expect(scan(values).block == nil)
        for wrong in [Float.nan, .infinity, -.infinity] {
            for index in [0, 1, 31, 32, 100, columns - 1] {
                var damaged = values
                damaged[index] = wrong
                #expect(scan(damaged).block == index / dtype.elementsPerBlock, "\(wrong) at \(index)")
                damaged[columns - 1] = wrong
                #expect(scan(damaged).block == index / dtype.elementsPerBlock, "\(wrong) at \(index)")
            }
        }
        // Two blocks; the values of the first are twice as large.
        let steps: [DType: Float] = [.q8_0: 127, .q4_0: 8, .q4_1: 15]
        let ramp = (0..<32).map { Float($0) / 31 }
        let expected = 2 / (steps[dtype] ?? 1)
        #expect(abs(scan(ramp.map { $0 * 2 } + ramp).scale - expected) < expected / 100)
    }

    @Test func memoryThatThereIsNot() {
        let error = #expect(throws: MemoryError.self) { try MemoryBudget.check(.max, for: "a test") }
        #expect(error?.byteCount == .max)
        #expect(
            error?.description.hasPrefix("a test: expected 9223372036854775807 bytes of free memory, found ") == true)
        #expect(throws: Never.self) { try MemoryBudget.check(1 << 20, for: "a test") }
    }
}
