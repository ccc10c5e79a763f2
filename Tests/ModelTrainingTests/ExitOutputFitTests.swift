import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Fitting the matrix behind an exit block")
struct ExitOutputFitTests {
    /// A tensor of random values in -1...1.
    private func random(rows: Int, columns: Int, _ generator: inout SeededGenerator) -> Tensor {
        Tensor(
            (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &generator) }, rows: rows, columns: columns)
    }

    /// The sums over rows: of x x^T, and of y x^T.
    private func sums(_ x: Tensor, _ y: Tensor) -> (squares: Tensor, products: Tensor) {
        func product(_ a: Tensor, _ b: Tensor) -> Tensor {
            let (left, right) = (a.values, b.values)
            let values = (0..<a.columns).flatMap { i in
                (0..<b.columns).map { j in
                    (0..<a.rows).reduce(Float(0)) { $0 + left[$1 * a.columns + i] * right[$1 * b.columns + j] }
                }
            }
            return Tensor(values, rows: a.columns, columns: b.columns)
        }
        return (product(x, x), product(y, x))
    }

    /// If y is a linear function of x, that function is found.
    @Test(arguments: [1, 2, 7]) func aLinearFunctionIsFound(width: Int) throws {
        var generator = SeededGenerator(seed: 3)
        let matrix = random(rows: width, columns: width, &generator)
        var system = NormalEquations(width: width)
        for rows in [40, 1, 60] {
            let x = random(rows: rows, columns: width, &generator)
            let y = try ComputeContext(threads: 1).linear(x, .unpacked(matrix))
            let sums = sums(x, y)
            system.add(squares: sums.squares, products: sums.products)
        }
        #expect(relativeError(try #require(system.solution()).values, matrix.values) < 2e-3)
    }

    @Test func systemsWithoutOneSolution() throws {
        #expect(NormalEquations(width: 3).solution() == nil)
        // A column that is always 0, and one that is a multiple of another.
        var system = NormalEquations(width: 3)
        let x = Tensor([1, 2, 0, -2, -4, 0, 3, 6, 0], rows: 3, columns: 3)
        let sums = sums(x, x)
        system.add(squares: sums.squares, products: sums.products)
        let found = try ComputeContext(threads: 1).linear(x, .unpacked(#require(system.solution())))
        #expect(relativeError(found.values, x.values) < 1e-3)
        var infinite = NormalEquations(width: 1)
        infinite.add(squares: Tensor([.infinity], rows: 1, columns: 1), products: Tensor([1], rows: 1, columns: 1))
        #expect(infinite.solution() == nil)
    }

    /// What the block says comes closest to the last layer's rows, by the naive sum of squares over the same sequences.
    @Test func theFitIsTheClosest() throws {
        let compute = try ComputeContext(threads: 2)
        let (exit, width) = (2, TinyTraining.configuration.width)
        let stored = StoredModel(TinyTraining.configuration, TinyTraining.weights).withExitBlock(copiedAt: exit)
        let model = try LoadedModel(trainable: stored, on: compute)
        let data = CountingSource()
        var fit = ExitOutputFit(model, width: width)
        let matrix = try #require(try fit.matrix(for: data, sequencesAtOnce: 3))

        let count = min(32 * width / data.length + 1, data.sequencesPerEpoch)
        let batch = data.batch(at: DataPlace(), sequences: count)
        var pairs: [(x: [Float], y: [Float])] = []
        let plain = model.detached()
        for sequence in 0..<count {
            let tokens = Array(batch.tokens[sequence * batch.length..<(sequence + 1) * batch.length])
            var cache = KVCache(for: plain, format: .f32)
            let rows = plain.runToExit(0..<exit, plain.embed(tokens), &cache)
            let last = plain.run(exit..<plain.layerCount, rows.hidden, &cache)
            for row in 0..<tokens.count where batch.targets[sequence * batch.length + row] >= 0 {
                let values = last[rows: row..<row + 1].values
                let scale = (values.reduce(0) { $0 + $1 * $1 } / Float(width)).squareRoot()
                pairs.append((rows.output[rows: row..<row + 1].values, values.map { $0 / scale }))
            }
        }
        func error(_ matrix: [Float]) -> Double {
            pairs.reduce(0) { sum, pair in
                (0..<width).reduce(sum) { sum, row in
                    let value = (0..<width).reduce(Float(0)) { $0 + matrix[row * width + $1] * pair.x[$1] }
                    return sum + Double((value - pair.y[row]) * (value - pair.y[row]))
                }
            }
        }
        let least = error(matrix.values)
        var generator = SeededGenerator(seed: 5)
        for scale in [0.01, 0.1] as [Float] {
            let moved = matrix.values.map { $0 + scale * Float.random(in: -1...1, using: &generator) }
            #expect(error(moved) > least)
        }
        let identity = (0..<width * width).map { Float($0 / width == $0 % width ? 1 : 0) }
        #expect(error(identity) > 2 * least)
    }

    /// A run begins with the fit; a block that exists goes on as it is.
    @Test func aRunBeginsWithTheFit() throws {
        let compute = try ComputeContext(threads: 1)
        let plain = StoredModel(TinyTraining.configuration, TinyTraining.weights)
        var recipe = TrainingRecipeTests.complete()
        recipe.hasExitBlock = true
        recipe.exits.exits = [2]
        func output(_ stored: StoredModel) throws -> [Float] {
            let start = TrainingStart(stored, tokenizerFingerprint: 1, vocabularySize: 40) { _ in }
            let model = try start.model(recipe, fitting: CountingSource(), on: compute)
            return try #require(model.parameters.first { $0.name == "exit_block.exit_output.weight" }).values.values
        }
        let width = plain.configuration.width
        let identity = (0..<width * width).map { Float($0 / width == $0 % width ? 1 : 0) }
        #expect(try output(plain) != identity)
        #expect(try output(plain.withExitBlock(copiedAt: 2)) == identity)
        #expect(try output(plain.withExitBlock(copiedAt: 1)) == output(plain))
    }
}
