import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Tensor conversion")
struct TensorConversionTests {
    /// Runs a conversion; returns the bytes and the number of pieces.
    private func convert(
        _ tensor: StoredTensor, _ conversion: TensorConversion
    ) throws(CheckpointError) -> (bytes: [UInt8], pieces: Int) {
        var bytes: [UInt8] = []
        var pieces = 0
        try conversion.write(tensor) { (piece) throws(CheckpointError) in
            bytes += piece.withUnsafeBytes { Array($0) }
            pieces += 1
        }
        return (bytes, pieces)
    }

    private func tensor(_ values: [Float], _ dtype: DType, _ shape: [Int]) -> StoredTensor {
        StoredTensor(name: "t", dtype: dtype, shape: shape, bytes: dtype.quantize(values))
    }

    private func randomTensor(_ dtype: DType, _ shape: [Int]) -> StoredTensor {
        var random = SeededGenerator(seed: 2)
        return tensor((0..<shape.reduce(1, *)).map { _ in random.normal() }, dtype, shape)
    }

    /// One head of six rows: the pairs (0, 3), (1, 4) and (2, 5) of the two halves become adjacent.
    @Test func rowsOfHeadsChangeTheirOrder() throws {
        let halves = tensor((0..<12).map { Float($0) }, .f32, [12, 1])
        let toPairs = TensorConversion(
            to: .f32, rows: .init(from: .halfSplit, to: .interleaved, headDimension: 6))
        let pairs: [Float] = [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]
        #expect(try convert(halves, toPairs).bytes == DType.f32.quantize(pairs))
        let back = TensorConversion(to: .f32, rows: .init(from: .interleaved, to: .halfSplit, headDimension: 6))
        #expect(
            try convert(tensor(pairs, .f32, [12, 1]), back).bytes == DType.f32.quantize((0..<12).map { Float($0) }))
    }

    /// A bias is reordered like the rows that it belongs to.
    @Test func elementsOfVectorsAreRows() throws {
        let conversion = TensorConversion(
            to: .f32, rows: .init(from: .halfSplit, to: .interleaved, headDimension: 6))
        let pairs: [Float] = [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]
        for dtype in [DType.f32, .f16, .bf16] {
            let halves = tensor((0..<12).map { Float($0) }, dtype, [12])
            #expect(try convert(halves, conversion).bytes == DType.f32.quantize(pairs))
        }
        let blocks = tensor((0..<32).map { Float($0) }, .q8_0, [32])
        let error = #expect(throws: CheckpointError.self) { try convert(blocks, conversion) }
        #expect(error?.expected == "a vector in F32, F16 or BF16")
    }

    @Test func quantizedRowsMoveAsTheyAre() throws {
        var random = SeededGenerator(seed: 1)
        let values = (0..<4 * 64).map { _ in random.normal() }
        let stored = tensor(values, .q4_1, [4, 64])
        let conversion = TensorConversion(
            to: .q4_1, rows: .init(from: .halfSplit, to: .interleaved, headDimension: 4))
        let rows = [0, 2, 1, 3].flatMap { DType.q4_1.quantize(Array(values[$0 * 64..<($0 + 1) * 64])) }
        #expect(try convert(stored, conversion).bytes == rows)
    }

    @Test(arguments: DType.allCases, DType.allCases) func formatsChangeByWayOfF32(
        from: DType, to: DType
    ) throws {
        let columns = max(32, from.elementsPerBlock, to.elementsPerBlock)
        let stored = randomTensor(from, [3, columns])
        let values = stored.withBytes { $0.withUnsafeBytes { from.dequantize($0, columns: 3 * columns) } }
        let expected = from == to ? stored.withBytes { $0.withUnsafeBytes { Array($0) } } : to.quantize(values)
        #expect(try convert(stored, TensorConversion(to: to)).bytes == expected)
    }

    @Test func largeTensorsAreWrittenInPieces() throws {
        let values = (0..<3000 * 256).map { Float($0 % 1000) }
        let (bytes, pieces) = try convert(tensor(values, .f32, [3000, 256]), TensorConversion(to: .bf16))
        #expect(bytes == DType.bf16.quantize(values))
        #expect(pieces == 2)
    }

    @Test func whatAFormatCannotHoldIsAnError() throws {
        func error(_ value: Float, to dtype: DType) throws -> CheckpointError? {
            let columns = max(32, dtype.elementsPerBlock)
            let stored = tensor([1, value] + [Float](repeating: 0, count: columns - 2), .f32, [1, columns])
            return #expect(throws: CheckpointError.self) { try convert(stored, TensorConversion(to: dtype)) }
        }
        #expect(
            try error(65_520, to: .f16)?.description
                == """
                t: tensor "t": expected elements up to 65504.0 in magnitude, as F16 can hold, found 65520.0 in row 0, \
                column 1
                """)
        #expect(try error(1e7, to: .q8_0)?.expected == "elements up to 8319008.0 in magnitude, as Q8_0 can hold")
        #expect(try error(-1e6, to: .q4_0)?.expected == "elements up to 524032.0 in magnitude, as Q4_0 can hold")
        #expect(try error(1e6, to: .q4_1)?.found == "0.0 to 1000000.0 in row 0, column 0")
        #expect(try error(-65_520, to: .q4_1)?.found == "-65520.0 to 1.0 in row 0, column 0")
        #expect(try error(3e8, to: .q6_K)?.expected == "elements up to 2.6830438e+08 in magnitude, as Q6_K can hold")
        #expect(try error(7e7, to: .q4_K)?.found == "0.0 to 7e+07 in row 0, column 0")
        #expect(try error(3.4e38, to: .bf16)?.expected.hasPrefix("elements up to 3.3895314e+38") == true)
        for dtype in DType.allCases {
            #expect(try error(.nan, to: dtype)?.found == "nan in row 0, column 1", "\(dtype)")
            #expect(try error(-.infinity, to: dtype)?.found == "-inf in row 0, column 1", "\(dtype)")
        }
    }

    @Test(
        arguments: [
            (.f16, 65_504), (.bf16, 3.38e38), (.q8_0, 8_319_008), (.q4_0, -524_032), (.q4_1, 917_056),
            (.q5_1, -65_504), (.q4_K, 61_901_280), (.q4_K, -4_126_752), (.q6_K, -268_304_384), (.iq4_NL, 8_319_008),
            (.mxfp4, 3.4e38),
        ] as [(DType, Float)])
    func theLargestThatAFormatCanHoldIsWritten(to dtype: DType, value: Float) throws {
        let columns = max(32, dtype.elementsPerBlock)
        let stored = tensor([value] + [Float](repeating: 0, count: columns - 1), .f32, [1, columns])
        let written = try convert(stored, TensorConversion(to: dtype)).bytes
        let read = written.withUnsafeBytes { dtype.dequantize($0, columns: columns) }
        // The largest number of MXFP4 is 1.5 times a power of two.
        #expect(abs(read[0] - value) <= abs(value) / (dtype == .mxfp4 ? 4 : 15) && read.allSatisfy(\.isFinite))
    }

    /// This also holds for rows that are only copied, quantized or not.
    @Test(arguments: DType.allCases) func damageIsNotCopied(dtype: DType) throws {
        let columns = 2 * max(32, dtype.elementsPerBlock)
        var values = [Float](repeating: 1, count: 5 * columns)
        values[4 * columns - 24] = .nan
        let stored = tensor(values, dtype, [5, columns])
        let error = #expect(throws: CheckpointError.self) { try convert(stored, TensorConversion(to: dtype)) }
        #expect(error?.name == "tensor \"t\"" && error?.expected == "finite elements")
        // If a block's scale is NaN, so is every element; MXFP4 has no NaN.
        let column = dtype.elementsPerBlock > 1 ? columns / 2 : columns - 24
        #expect(error?.found == "\(dtype == .mxfp4 ? "inf" : "nan") in row 3, column \(column)")
    }

    /// The errors of a conversion are those of its result, weighted by importance, on any number of threads.
    @Test func errorsAreMeasured() throws {
        let columns = 64
        let stored = randomTensor(.f32, [300, columns])
        let importance = (0..<columns).map { Float($0 + 1) }
        let conversion = TensorConversion(to: .q4_0, importance: importance)
        let (bytes, _) = try convert(stored, conversion)
        let before = stored.withBytes { $0.withUnsafeBytes { DType.f32.dequantize($0, columns: 300 * columns) } }
        let after = bytes.withUnsafeBytes { DType.q4_0.dequantize($0, columns: 300 * columns) }
        func relative(_ weight: (Int) -> Double) -> Double {
            var (squares, total) = (0.0, 0.0)
            for (index, (x, y)) in zip(before, after).enumerated() {
                squares += weight(index % columns) * Double(x - y) * Double(x - y)
                total += weight(index % columns) * Double(x) * Double(x)
            }
            return (squares / total).squareRoot()
        }
        for pool in [nil, ThreadPool(threads: 3)] {
            var again: [UInt8] = []
            let error = try #require(
                try conversion.write(stored, on: pool) { (piece) throws(CheckpointError) in
                    again += piece.withUnsafeBytes { Array($0) }
                })
            #expect(again == bytes)
            #expect(abs(error.relative - relative { _ in 1 }) < 1e-9)
            #expect(abs(error.weighted - relative { Double(importance[$0]) }) < 1e-9)
            #expect(error.relative > 0.05 && error.relative < 0.15)
        }
        #expect(try TensorConversion(to: .f32).write(stored) { _ in } == nil)
    }

    /// A format whose scales are not F16 has no such bound.
    @Test func elementsTooSmallForMXFP4() throws {
        let small = tensor([Float](repeating: 0x1p-133, count: 64), .f32, [1, 64])
        let error = #expect(throws: CheckpointError.self) { try convert(small, TensorConversion(to: .mxfp4)) }
        #expect(error?.expected == "larger elements, since MXFP4 would lose most of the tensor")
        #expect(error?.found.hasSuffix(" as the largest") == true)
    }

    /// Scales below F16's smallest become 0. A tensor of such blocks is refused; zeros and single blocks are not.
    @Test(arguments: DType.allCases.filter(\.hasHalves)) func elementsTooSmallForAFormat(dtype: DType) throws {
        let columns = max(32, dtype.elementsPerBlock)
        func write(_ values: [Float]) throws {
            _ = try convert(tensor(values, .f32, [1, 2 * columns]), TensorConversion(to: dtype))
        }
        let ramp = (0..<columns).map { Float($0 + 1) / Float(columns) }
        let small = ramp.map { $0 * 3e-9 }
        let error = #expect(throws: CheckpointError.self) { try write(small + small) }
        #expect(error?.expected.hasPrefix("an element of at least ") == true && error?.found.hasPrefix("3e-09") == true)
        try write(small + ramp)
        try write([Float](repeating: 0, count: 2 * columns))
        // Twice the bound is enough.
        let bound = 0x1p-20 * dtype.largestElement / 65504 / Float(dtype.scaleSteps)
        #expect(error?.expected.hasPrefix("an element of at least \(bound) in magnitude") == true)
        let enough = ramp.map { $0 * 2 * bound }
        try write(enough + enough)
    }
}
