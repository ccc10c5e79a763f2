import TensorCore
import TestSupport
import Testing

/// Formats whose quantizers search for scales.
@Suite("Searches for scales")
struct ScaleSearchTests {
    /// How values of a format would be rounded without a search: the elements that share a scale, and its multiples.
    private static let simple: [(dtype: DType, elements: Int, steps: Float, hasMinimum: Bool)] = [
        (.q4_K, 32, 15, true), (.q5_K, 32, 31, true), (.q2_K, 16, 3, true), (.q6_K, 16, 32, false),
        (.q3_K, 16, 4, false), (.iq4_NL, 32, 8, false), (.iq4_XS, 32, 8, false),
    ]
    private static let withImportance: [DType] = simple.map(\.dtype) + [.q4_0, .q4_1, .q5_0, .q5_1]

    /// The squared error is smaller than with the range of each block divided evenly, although that has exact scales.
    @Test(arguments: simple.indices, [1, 1e-3, 300] as [Float]) func isBetterThanEvenSteps(index: Int, size: Float) {
        let (dtype, elements, steps, hasMinimum) = Self.simple[index]
        let x = randomValues(50 * 256, seed: 1).map { $0 * size }
        let even = stride(from: 0, to: x.count, by: elements).flatMap { start in
            let block = x[start..<start + elements]
            let extreme = block.max { $0.magnitude < $1.magnitude } ?? 0
            let lowest = hasMinimum ? min(0, block.min() ?? 0) : 0
            let scale = hasMinimum ? ((block.max() ?? 0) - lowest) / steps : extreme / -steps
            let codes: ClosedRange<Float> = hasMinimum ? 0...steps : -steps...steps - 1
            return block.map { value in
                let code = ((value - lowest) / scale).rounded()
                return min(max(code, codes.lowerBound), codes.upperBound) * scale + lowest
            }
        }
        let searched = squaredError(x, Naive.dequantized(dtype.quantize(x), dtype))
        #expect(searched < squaredError(x, even))
    }

    /// Errors move from the elements that matter to the others.
    @Test(arguments: withImportance) func importanceMovesTheError(dtype: DType) {
        let x = randomValues(50 * 256, seed: 2)
        let isImportant = x.indices.map { $0 % 4 == 1 }
        let plain = Naive.dequantized(dtype.quantize(x), dtype)
        let weighted = Naive.dequantized(dtype.quantize(x, importance: isImportant.map { $0 ? 50 : 1 }), dtype)
        func error(_ back: [Float], of important: Bool) -> Float {
            let picked = x.indices.filter { isImportant[$0] == important }
            return squaredError(picked.map { x[$0] }, picked.map { back[$0] })
        }
        #expect(error(weighted, of: true) < 0.9 * error(plain, of: true))
        #expect(error(weighted, of: true) * 3 < 0.95 * error(weighted, of: false))
        // Only proportions matter.
        #expect(dtype.quantize(x, importance: isImportant.map { $0 ? 50e20 : 1e20 }).count > 0)
        let scaled = Naive.dequantized(dtype.quantize(x, importance: isImportant.map { $0 ? 200 : 4 }), dtype)
        #expect(scaled == weighted)
    }

    /// Importance that says nothing, or that no calibration gives, still gives a row near the original.
    @Test(arguments: withImportance) func strangeImportance(dtype: DType) {
        let x = randomValues(2 * 256, seed: 3)
        let exact = squaredError(x, Naive.dequantized(dtype.quantize(x), dtype))
        let columns = Array(x.indices)
        for importance in [
            columns.map { _ in 0 }, columns.map { $0 < 256 ? 0 : 1 }, columns.map { $0 == 7 ? 1 : 0 },
            columns.map { $0 == 7 ? .infinity : 1 }, columns.map { $0 == 7 ? .nan : 1 }, columns.map { _ in -1 },
            columns.map { $0 == 7 ? .greatestFiniteMagnitude : .leastNonzeroMagnitude },
        ] as [[Float]] {
            let error = squaredError(x, Naive.dequantized(dtype.quantize(x, importance: importance), dtype))
            #expect(error < 4 * exact, "\(importance[7])")
        }
    }

    /// Values that the format can hold exactly, with the largest codes in use, come back unchanged.
    @Test(arguments: simple.indices) func exactValuesComeBack(index: Int) {
        let (dtype, elements, steps, hasMinimum) = Self.simple[index]
        let (lowest, highest): (Int, Int) =
            switch dtype {
            case .iq4_NL: (1, 1)
            case .q6_K: (-128, 127)
            case .q3_K, .iq4_XS: (-32, 31)
            case .q2_K: (0, 15)
            default: (0, 63)
            }
        let table: [Float] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]
        let usesTable = dtype == .iq4_NL || dtype == .iq4_XS
        var random = SeededGenerator(seed: 4)
        for exponent in [-12, -6, 0, 3] {
            let unit = Float(sign: .plus, exponent: exponent, significand: 1)
            let x = (0..<256 / elements).flatMap { block in
                let isFirst = block == 0
                let scale = Float(isFirst ? (hasMinimum ? highest : lowest) : random.int(lowest...highest)) * unit
                let minimum = hasMinimum ? Float(isFirst ? highest : random.int(0...highest)) * unit : 0
                return (0..<elements).map { i in
                    let code =
                        usesTable
                        ? table[i == 0 ? 0 : random.int(0...15)]
                        : hasMinimum
                            ? Float(i == 0 ? 0 : i == 1 ? Int(steps) : random.int(0...Int(steps)))
                            : Float(i == 0 ? -Int(steps) : random.int(-Int(steps)...Int(steps) - 1))
                    return scale * code - minimum
                }
            }
            #expect(Naive.dequantized(dtype.quantize(x), dtype) == x)
            let importance = x.map { _ in Float(random.int(1...9)) }
            #expect(Naive.dequantized(dtype.quantize(x, importance: importance), dtype) == x)
        }
    }

    /// A row's blocks do not depend on each other, except that the formats of small blocks weigh by the row's size.
    @Test(arguments: [.q4_K, .q5_K, .q2_K, .q6_K, .q3_K, .iq4_NL, .iq4_XS] as [DType])
    func rowsOfAnyLength(dtype: DType) {
        let x = randomValues(5 * 256, seed: 5)
        let all = dtype.quantize(x, importance: x.map { $0.magnitude })
        for blocks in 1...9 where blocks * dtype.elementsPerBlock <= x.count {
            let part = Array(x[..<(blocks * dtype.elementsPerBlock)])
            #expect(all.starts(with: dtype.quantize(part, importance: part.map { $0.magnitude })))
        }
    }

    /// The largest element of a block is 4 to 8 times its scale, and every element becomes the nearest multiple of FP4.
    /// The smallest scale is 2^-127, so blocks of smaller elements have it, too.
    @Test(arguments: [0, -60, -120, -121, -122, -123, -124, -125, -126, -130, -140, -149, 120])
    func scalesOfMXFP4(exponent: Int) {
        let values: [Double] = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
        let unit = Float(sign: .plus, exponent: exponent, significand: 1)
        var x = randomValues(64 * 32, seed: 6).map { $0 * unit }
        // Zeros among others, and alone.
        for index in stride(from: 0, to: x.count, by: 5) { x[index] = 0 }
        x += [Float](repeating: 0, count: 31) + [-unit]
        x += [Float](repeating: 0, count: 32)
        let bytes = DType.mxfp4.quantize(x)
        #expect(bytes.withUnsafeBytes { DType.mxfp4.firstNotFinite($0) } == nil)
        let back = Naive.dequantized(bytes, .mxfp4)
        for start in stride(from: 0, to: x.count, by: 32) {
            let largest = Double(x[start..<start + 32].map(\.magnitude).max() ?? 0)
            let scale = Double(
                sign: .plus, exponent: largest == 0 ? -127 : max(largest.exponent - 2, -127), significand: 1)
            for i in start..<start + 32 {
                // Doubles are exact here.
                let errors = values.map { ($0 * scale - Double(x[i].magnitude)).magnitude }
                #expect((Double(back[i]) - Double(x[i])).magnitude == errors.min())
            }
        }
    }

    private func squaredError(_ x: [Float], _ y: [Float]) -> Float {
        zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
}
