import TensorCore
import Testing

/// The largest integer products, and products with NaN and infinities.
@Suite("Products at the extremes")
struct ExtremeProductTests {
    /// The largest weights times the largest activations: no step may saturate or overflow. The sum is exact, except
    /// that the integers of super-blocks, which may have 28 bits, are rounded to F32.
    @Test(arguments: KernelTable.available, DType.allCases.filter(\.isQuantized))
    func integersAreExact(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let patterns: [(Int) -> Bool] = [{ _ in false }, { _ in true }, { $0 % 2 == 0 }, { $0 / 4 % 2 == 0 }]
        let (columns, rows) = (5 * dtype.elementsPerBlock, 17)
        for (weightIsLarge, scaleIsLarge) in patterns.flatMap({ [($0, true), ($0, false)] }) {
            let block = ExtremeBlock(weightIsLarge, scaleIsLarge).bytes(dtype)
            let bytes = (0..<rows * 5).flatMap { _ in block }
            let matrix = FileMatrix(bytes, dtype: dtype, rows: rows, columns: columns)
            for activationIsPositive in patterns {
                // With a largest magnitude of 127 the scale is 1, so nothing is rounded.
                let x = (0..<columns).map { activationIsPositive($0) ? 127 : Float(-127) }
                let products = zip(matrix.values, x).map { Double($0) * Double($1) }
                let expected = products.reduce(0, +)
                let result = context.linear(Tensor(x + x, rows: 2, columns: columns), matrix.packed(on: context))
                let roundings = dtype.elementsPerBlock > 32 ? 20.0 : 0
                let bound = roundings * 0x1p-25 * products.reduce(0) { $0 + $1.magnitude }
                #expect(result.values.allSatisfy { (Double($0) - expected).magnitude <= bound })
            }
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
    @Test(arguments: KernelTable.available, DType.allCases.filter { $0.isQuantized && $0.hasHalves })
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
        // The sum of a large block would be infinite earlier.
        for exponent in stride(from: -148, through: columns > 32 ? 120 : 124, by: 4) {
            let power = Float(sign: .plus, exponent: exponent, significand: 1)
            let scaled = Tensor(x.map { $0 * power }, rows: 1, columns: columns)
            let result = context.linear(scaled, weights).values[0]
            // A subnormal product of scales is rounded.
            #expect(
                exponent < -105
                    ? result.magnitude <= (expected * power * 1.001).magnitude : result == expected * power)
        }
    }
}
