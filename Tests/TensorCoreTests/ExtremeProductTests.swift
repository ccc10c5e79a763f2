import TensorCore
import Testing

/// The largest integer products, and products with NaN and infinities.
@Suite("Products at the extremes")
struct ExtremeProductTests {
    /// The largest weights times the largest activations: no step may saturate or overflow, so the sum is exact.
    @Test(arguments: KernelTable.available, DType.allCases.filter(\.isQuantized))
    func integersAreExact(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let patterns: [(Int) -> Bool] = [{ _ in false }, { _ in true }, { $0 % 2 == 0 }, { $0 / 4 % 2 == 0 }]
        let (columns, rows) = (5 * dtype.elementsPerBlock, 17)
        for weightIsLarge in patterns {
            let bytes = (0..<rows * 5).flatMap { _ in block(dtype, weightIsLarge) }
            let matrix = FileMatrix(bytes, dtype: dtype, rows: rows, columns: columns)
            for activationIsPositive in patterns {
                // With a largest magnitude of 127 the scale is 1, so nothing is rounded.
                let x = (0..<columns).map { activationIsPositive($0) ? 127 : Float(-127) }
                let expected = zip(matrix.values, x).reduce(0) { $0 + $1.0 * $1.1 }
                let result = context.linear(Tensor(x + x, rows: 2, columns: columns), matrix.packed(on: context))
                #expect(result.values == [Float](repeating: expected, count: 2 * rows))
            }
        }
    }

    /// A block of smallest and largest weights with scale 1 (and minimum -3).
    private func block(_ dtype: DType, _ isLarge: (Int) -> Bool) -> [UInt8] {
        let one: [UInt8] = [0x00, 0x3c]
        let nibbles = (0..<16).map { UInt8(isLarge($0) ? 15 : 0) | UInt8(isLarge($0 + 16) ? 0xf0 : 0) }
        return switch dtype {
        case .q8_0: one + (0..<32).map { isLarge($0) ? 127 : 128 }
        case .q4_0: one + nibbles
        case .q4_1: one + [0x00, 0xc2] + nibbles
        case .f32, .f16, .bf16: []
        }
    }

    /// A bad activation spoils all results of its own token, even with zero weights, and those of no other.
    @Test(arguments: KernelTable.available, DType.allCases) func badValuesStayBad(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let columns = dtype.isQuantized ? 3 * dtype.elementsPerBlock : 96
        let zeros = [UInt8](repeating: 0, count: 17 * dtype.bytesPerRow(columns: columns))
        for matrix in [
            FileMatrix(random: dtype, rows: 17, columns: columns, seed: 1),
            FileMatrix(zeros, dtype: dtype, rows: 17, columns: columns),
        ] {
            let weights = matrix.packed(on: context)
            for bad in [Float.nan, .infinity, -.infinity] {
                for position in [0, 40, columns - 1] {
                    var x = randomValues(3 * columns, seed: 2)
                    x[columns + position] = bad
                    let result = context.linear(Tensor(x, rows: 3, columns: columns), weights)
                    #expect(result[rows: 1..<2].values.allSatisfy { !$0.isFinite })
                    #expect((result[rows: 0..<1].values + result[rows: 2..<3].values).allSatisfy { $0.isFinite })
                }
            }
        }
    }

    /// A scale or a minimum that is not finite spoils its own row.
    @Test(arguments: KernelTable.available, DType.allCases.filter(\.isQuantized))
    func badWeightsStayBad(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let columns = 3 * dtype.elementsPerBlock
        for half in dtype.halfOffsets {
            for (low, high) in [(0x00, 0x7c), (0x01, 0x7c), (0x00, 0xfc)] as [(UInt8, UInt8)] {
                var bytes = FileMatrix(random: dtype, rows: 17, columns: columns, seed: 3).bytes
                let start = 5 * dtype.bytesPerRow(columns: columns) + dtype.bytesPerBlock + half
                (bytes[start], bytes[start + 1]) = (low, high)
                let weights = FileMatrix(bytes, dtype: dtype, rows: 17, columns: columns).packed(on: context)
                let result = context.linear(randomTensor(rows: 1, columns: columns, seed: 4), weights).values
                for (row, value) in result.enumerated() { #expect(value.isFinite == (row != 5)) }
            }
        }
    }

    /// Activations too small for a scale count as zeros, and the largest ones still give finite results.
    @Test(arguments: KernelTable.available, DType.allCases.filter(\.isQuantized))
    func rangeOfActivations(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let columns = dtype.elementsPerBlock
        let weights = FileMatrix(random: dtype, rows: 1, columns: columns, seed: 5).packed(on: context)
        let x = randomValues(columns, seed: 6)
        let expected = context.linear(Tensor(x, rows: 1, columns: columns), weights).values[0]
        for exponent in stride(from: -148, through: 124, by: 4) {
            let power = Float(sign: .plus, exponent: exponent, significand: 1)
            let scaled = Tensor(x.map { $0 * power }, rows: 1, columns: columns)
            let result = context.linear(scaled, weights).values[0]
            #expect(exponent < -105 ? result.magnitude <= (expected * power).magnitude : result == expected * power)
        }
    }
}
