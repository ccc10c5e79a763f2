import CTensorKernels
import TensorCore
import Testing

@Suite("Products")
struct ProductTests {
    /// Every table gives the naive twin's bits for every number of rows, columns and tokens.
    @Test(arguments: KernelTable.vectors, DType.allCases) func equalTheirTwin(table: KernelTable, dtype: DType) {
        let context = ComputeContext.with(table)
        let twin = ComputeContext.scalar
        for shape in Shape.all(dtype) {
            let matrix = FileMatrix(random: dtype, rows: shape.rows, columns: shape.columns, seed: UInt64(shape.rows))
            let x = randomTensor(rows: shape.tokens, columns: shape.columns, seed: UInt64(shape.columns))
            let result = context.linear(x, matrix.packed(on: context))
            let expected =
                dtype == .bf16 && table.roundsActivations
                ? bfloat16Products(x, matrix) : twin.linear(x, matrix.packed(on: twin))
            #expect(result.bits == expected.bits, "\(shape)")
        }
    }

    /// The naive twin is as near to the exact sum as rounding the activations to bytes, or adding in f32, allows.
    @Test(arguments: DType.allCases) func naiveTwinIsNearTheExactSum(dtype: DType) {
        let block = max(32, dtype.elementsPerBlock)
        for shape in Shape.all(dtype) {
            let matrix = FileMatrix(random: dtype, rows: shape.rows, columns: shape.columns, seed: UInt64(shape.rows))
            let x = randomTensor(rows: shape.tokens, columns: shape.columns, seed: UInt64(shape.columns))
            let result = ComputeContext.scalar.linear(x, matrix.packed(on: .scalar)).values
            let (weights, inputs) = (matrix.values, x.values)
            for t in 0..<shape.tokens {
                // A block of activations has as many elements as one of weights.
                let largest = stride(from: 0, to: shape.columns, by: block).map { start in
                    inputs[t * shape.columns + start..<min((t + 1) * shape.columns, t * shape.columns + start + block)]
                        .reduce(0) { max($0, $1.magnitude) }
                }
                for r in 0..<shape.rows {
                    var exact = 0.0
                    var bound = 1e-6
                    for c in 0..<shape.columns {
                        let w = Double(weights[r * shape.columns + c])
                        let product = w * Double(inputs[t * shape.columns + c])
                        exact += product
                        bound += product.magnitude * 1e-5
                        if dtype.isQuantized { bound += w.magnitude * Double(largest[c / block]) / 127 / 2 }
                    }
                    let error = (Double(result[t * shape.rows + r]) - exact).magnitude
                    if error > bound { Issue.record("\(shape) row \(r) token \(t): off by \(error) > \(bound)") }
                }
            }
        }
    }

    /// vdpbf16ps by its definition: two fused steps per pair of columns, the odd one first, with small values taken as
    /// zero.
    private func bfloat16Products(_ x: Tensor, _ matrix: FileMatrix) -> Tensor {
        let (weights, inputs, columns) = (matrix.values, x.values, matrix.columns)
        var results: [Float] = []
        for t in 0..<x.rows {
            for r in 0..<matrix.rows {
                var sum: Float = 0
                for pair in stride(from: 0, to: columns, by: 2) {
                    for c in [pair + 1, pair] where c < columns {
                        let weight = flushed(weights[r * columns + c])
                        let input = flushed(Naive.bfloat16(inputs[t * columns + c]))
                        sum = flushed(sum.addingProduct(weight, input))
                    }
                }
                results.append(sum)
            }
        }
        return Tensor(results, rows: x.rows, columns: matrix.rows)
    }

    private func flushed(_ value: Float) -> Float { value.isSubnormal ? 0 : value }
}

/// The shapes of one product.
private struct Shape {
    var rows = 17
    var columns = 96
    var tokens = 3

    /// All numbers of rows up to two panels and one more, of columns up to two vectors, and of tokens up to two tiles.
    static func all(_ dtype: DType) -> [Shape] {
        let isQuantized = dtype.isQuantized, block = dtype.elementsPerBlock
        let columns = isQuantized ? (1...5).map { $0 * block } : Array(1...33) + [100]
        // Panels have small blocks in pairs.
        let pair = max(64, block)
        return (1...33).map { Shape(rows: $0, columns: isQuantized ? pair : 37) }
            + columns.map { Shape(columns: $0) }
            + (1...17).map { Shape(rows: 33, columns: isQuantized ? pair : 33, tokens: $0) }
    }
}

extension KernelTable {
    /// Whether BF16 products round their activations to BF16.
    var roundsActivations: Bool {
        (0..<ctk_table_count()).contains { index in
            guard let table = ctk_table_at(index), String(cString: table.pointee.name) == name else { return false }
            return Int(table.pointee.formats.2.activations) == CTK_ACTIVATIONS_BF16_PAIRS
        }
    }
}
