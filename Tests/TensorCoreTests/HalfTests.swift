import TensorCore
import Testing

@Suite("16-bit floats")
struct HalfTests {
    /// Every pattern of 16 bits is read correctly, and written back unchanged.
    @Test(arguments: [DType.f16, .bf16]) func everyPatternIsReadAndWritten(dtype: DType) {
        let patterns = (0...UInt16.max).map(\.self)
        let bytes = patterns.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let values = bytes.withUnsafeBytes { dtype.dequantize($0, columns: patterns.count) }
        let back = dtype.quantize(values)
        for (index, pattern) in patterns.enumerated() {
            let value = dtype == .f16 ? Naive.half(pattern) : Float(bitPattern: UInt32(pattern) << 16)
            let returned = UInt16(back[2 * index]) | UInt16(back[2 * index + 1]) << 8
            if value.isNaN {
                #expect(values[index].isNaN && returned & 0x7fff > (dtype == .f16 ? 0x7c00 : 0x7f80))
            } else if values[index].bitPattern != value.bitPattern || returned != pattern {
                Issue.record("\(dtype) \(pattern): \(values[index]), back \(returned)")
            }
        }
    }

    /// BF16 rounds to nearest, ties to even, including around each midpoint between two values.
    @Test func bfloat16RoundsToNearestEven() {
        let values = bordersBetween((0..<0x7f80).map { Float(bitPattern: UInt32($0) << 16) })
        let rounded = Naive.dequantized(DType.bf16.quantize(values), .bf16)
        for (value, result) in zip(values, rounded) where result != Naive.bfloat16(value) {
            Issue.record("\(value): \(result)")
        }
    }

    #if !(os(macOS) && arch(x86_64))
        /// F16 reads and rounds as Swift's own Float16 does.
        @Test func halfEqualsFloat16() {
            let halves = (0...UInt16.max).map { Float16(bitPattern: $0) }
            for half in halves where !half.isNaN && Float(half) != Naive.half(half.bitPattern) {
                Issue.record("\(half)")
            }
            let values = bordersBetween(halves.filter { $0.isFinite && $0.sign == .plus }.map { Float($0) })
            let rounded = Naive.dequantized(DType.f16.quantize(values), .f16)
            for (value, result) in zip(values, rounded) where result != Float(Float16(value)) {
                Issue.record("\(value): \(result)")
            }
        }
    #endif

    /// The midpoint between each two neighbours with its own neighbours, and numbers beyond the largest; both signs.
    private func bordersBetween(_ sorted: [Float]) -> [Float] {
        let middles = zip(sorted, sorted.dropFirst()).map { ($0 + ($1 - $0) / 2) }
        let ends = [65504, 65519.996, 65520, 65536, .greatestFiniteMagnitude, .leastNonzeroMagnitude, Float.infinity]
        let positive = (middles + ends).flatMap { $0.isFinite ? [$0.nextDown, $0, $0.nextUp] : [$0] }
        return positive + positive.map(-)
    }
}
