import TensorCore
import TestSupport
import Testing

@Suite("Quantized blocks")
struct QuantizationTests {
    /// Any bytes, even those that no quantizer writes, are read as the specification says.
    @Test(arguments: DType.allCases) func anyBytesAreRead(dtype: DType) {
        var generator = SeededGenerator(seed: 3)
        let bytes = (0..<dtype.bytesPerBlock * 64).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let columns = 64 * dtype.elementsPerBlock
        let values = bytes.withUnsafeBytes { dtype.dequantize($0, columns: columns) }
        let naive = Naive.dequantized(bytes, dtype)
        #expect(Tensor(values, rows: 1, columns: columns).bits == Tensor(naive, rows: 1, columns: columns).bits)
    }

    /// Each element is within half a step of its original value, plus the error of rounding the scale to half
    /// precision.
    @Test(arguments: [.q8_0, .q4_0, .q4_1, .q5_0, .q5_1] as [DType], [1, 1e-3, 300] as [Float])
    func errorIsHalfAStep(dtype: DType, size: Float) {
        for seed in 0..<50 as Range<UInt64> {
            let x = randomValues(dtype.elementsPerBlock, seed: seed).map { $0 * size }
            let back = Naive.dequantized(dtype.quantize(x), dtype)
            let largest = x.map(\.magnitude).max() ?? 0
            let range = (x.max() ?? 0) - (x.min() ?? 0)
            // Q4_0's extreme becomes -8 steps, and +8 does not exist, so a value of opposite sign may be a whole step
            // off; Q5_0 is alike.
            let step: Float =
                switch dtype {
                case .q8_0: largest / 127 / 2
                case .q4_0: largest / 8
                case .q5_0: largest / 16
                case .q4_1: range / 15 / 2
                default: range / 31 / 2
                }
            // A half has 11 significant bits, and its subnormals have steps of 2^-24.
            let bound = step * 1.0001 + 2 * largest * 0x1p-11 + 127 * 0x1p-25
            for (before, after) in zip(x, back) { #expect((before - after).magnitude <= bound) }
        }
    }

    /// Values that the format can represent exactly come back unchanged.
    @Test func exactValuesComeBack() {
        let bytes = (0..<32).map { Float($0 * 8 - 127) / 4 }
        #expect(Naive.dequantized(DType.q8_0.quantize([-31.75] + bytes.dropFirst()), .q8_0).first == -31.75)
        let nibbles = (0..<32).map { Float($0 % 16) / 2 - 3 }
        #expect(Naive.dequantized(DType.q4_1.quantize(nibbles), .q4_1) == nibbles)
        let signed = (0..<32).map { Float($0 % 16 - 8) * 0.25 }
        #expect(Naive.dequantized(DType.q4_0.quantize(signed), .q4_0) == signed)
    }

    /// Zeros, and blocks too small for a scale, become zeros (or the minimum), never garbage.
    @Test(arguments: DType.allCases.filter { $0.isQuantized && $0.hasHalves }) func smallBlocksBecomeZeros(
        dtype: DType
    ) {
        for size in [0, 0x1p-149, 0x1p-140, 0x1p-127, 1e-30, 1e-10] as [Float] {
            let x = (0..<dtype.elementsPerBlock).map { $0 % 3 == 0 ? 0 : Float($0 - 16) / 16 * size }
            for importance in [nil, [Float](repeating: 1, count: x.count)] {
                let back = Naive.dequantized(dtype.quantize(x, importance: importance), dtype)
                #expect(back.allSatisfy { $0 == 0 })
            }
        }
    }

    /// NaN and infinities do not become finite numbers.
    @Test(arguments: DType.allCases.filter(\.isQuantized), [Float.nan, .infinity, -.infinity])
    func badValuesStayBad(dtype: DType, bad: Float) {
        for position in [0, 5, 31] {
            var x = randomValues(dtype.elementsPerBlock, seed: 1)
            x[position] = bad
            for importance in [nil, [Float](repeating: 1, count: x.count)] {
                let back = Naive.dequantized(dtype.quantize(x, importance: importance), dtype)
                #expect(!back[position].isFinite)
            }
        }
    }
}
