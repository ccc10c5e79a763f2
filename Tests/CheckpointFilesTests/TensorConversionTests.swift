import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("Tensors on their way into another file")
struct TensorConversionTests {
    /// What a conversion writes, and in how many pieces.
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

    /// One head of six rows: pairs (0, 3), (1, 4), (2, 5) of the halves become neighbours.
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

    @Test func quantizedRowsMoveAsTheyAre() throws {
        var random = SeededGenerator(seed: 1)
        let values = (0..<4 * 64).map { _ in random.normal() }
        let stored = tensor(values, .q4_1, [4, 64])
        let conversion = TensorConversion(
            to: .q4_1, rows: .init(from: .halfSplit, to: .interleaved, headDimension: 4))
        let rows = [0, 2, 1, 3].flatMap { DType.q4_1.quantize(Array(values[$0 * 64..<($0 + 1) * 64])) }
        #expect(try convert(stored, conversion).bytes == rows)
    }

    @Test(arguments: DType.allCases, DType.allCases) func formatsChangeByWayOfF32(from: DType, to: DType) throws {
        var random = SeededGenerator(seed: 2)
        let stored = tensor((0..<3 * 32).map { _ in random.normal() }, from, [3, 32])
        let values = stored.withBytes { $0.withUnsafeBytes { from.dequantize($0, columns: 96) } }
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
            let stored = tensor([1, value] + [Float](repeating: 0, count: 30), .f32, [1, 32])
            return #expect(throws: CheckpointError.self) { try convert(stored, TensorConversion(to: dtype)) }
        }
        #expect(
            try error(65_505, to: .f16)?.description
                == "t: tensor \"t\": expected elements up to 65504.0 in magnitude, as F16 can hold, found 65505.0")
        #expect(try error(.nan, to: .q8_0)?.found == "nan")
        #expect(try error(-.infinity, to: .bf16)?.found == "-inf")
        _ = try convert(tensor([65_504], .f32, [1]), TensorConversion(to: .f16))
    }
}
