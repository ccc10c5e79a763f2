import TestSupport
import Testing

@testable import TensorCore

@Suite("Squares of the inputs of products")
struct InputSquaresTests {
    private let x = randomTensor(rows: 7, columns: 64, seed: 1)
    private let norm = RMSNorm(gain: randomTensor(rows: 1, columns: 64, seed: 2), epsilon: 1e-5)

    private func matrix(_ dtype: DType, rows: Int, columns: Int = 64, _ context: ComputeContext) -> PackedMatrix {
        FileMatrix(random: dtype, rows: rows, columns: columns, seed: UInt64(rows)).packed(on: context)
    }

    private func context(_ squares: InputSquares?, threads: Int = 1) -> ComputeContext {
        var context = ComputeContext.with(.available[0], threads: threads)
        context.inputSquares = squares
        return context
    }

    /// The sums of squares of each column, in the order of rows.
    private func sums(_ x: Tensor) -> [Double] {
        (0..<x.columns).map { column in
            (0..<x.rows).reduce(0) { sum, row in
                let value = Double(x.values[row * x.columns + column])
                return sum + value * value
            }
        }
    }

    @Test func everyMatrixOfAProductGetsItsInputs() {
        let squares = InputSquares()
        let context = context(squares)
        let matrices = [8, 9, 10].map { matrix($0 == 9 ? .f32 : .q8_0, rows: $0, context) }
        for (index, matrix) in matrices.enumerated() { squares.include(matrix, as: "\(index)") }
        _ = context.linears(x, norm: norm, matrices[0], matrices[1], matrices[2])
        let normed = sums(context.rmsNorm(x, norm))
        for name in ["0", "1", "2"] {
            #expect(squares.all[name]?.sums == normed)
            #expect(squares.all[name]?.count == 7)
        }
        _ = context.linears(x, norm: norm, matrices[0], matrices[1])
        _ = context.linear(x, matrices[2])
        #expect(squares.all["1"]?.count == 14)
        let expected = zip(normed, sums(x)).map { $0 + $1 }
        #expect(zip(squares.all["2"]?.sums ?? [], expected).allSatisfy { abs($0 - $1) <= 1e-12 * $1 })
    }

    @Test func aFeedForwardNetworkGivesBothItsInputs() {
        let squares = InputSquares()
        let context = context(squares)
        let gate = matrix(.q8_0, rows: 96, context)
        let up = FileMatrix(random: .q8_0, rows: 96, columns: 64, seed: 5).packed(on: context)
        let down = matrix(.q8_0, rows: 64, columns: 96, context)
        for (name, matrix) in [("gate", gate), ("up", up), ("down", down)] { squares.include(matrix, as: name) }
        _ = context.gatedFeedForward(x, norm: norm, gate: gate, up: up, down: down)
        #expect(squares.all["gate"]?.sums == sums(context.rmsNorm(x, norm)))
        #expect(squares.all["up"]?.sums == squares.all["gate"]?.sums)
        let (gated, upped) = context.linears(x, norm: norm, gate, up)
        #expect(squares.all["down"]?.sums == sums(context.activated(gate: gated, up: upped, by: .silu)))
    }

    /// Neither threads nor the division into products change a bit, and matrices that are not included do not count.
    @Test func sumsAreDeterministic() {
        let results = [(1, 7), (3, 7), (2, 1)].map { threads, rows in
            let squares = InputSquares()
            let context = context(squares, threads: threads)
            let (included, other) = (matrix(.q8_0, rows: 40, context), matrix(.q8_0, rows: 41, context))
            squares.include(included, as: "it")
            for start in stride(from: 0, to: 7, by: rows) {
                _ = context.linear(x[rows: start..<start + rows], norm: norm, included)
            }
            _ = context.linear(x, other)
            #expect(squares.all.count == 1)
            return squares.all["it"]?.sums ?? []
        }
        #expect(results[0].count == 64 && results[1] == results[0] && results[2] == results[0])
    }
}
