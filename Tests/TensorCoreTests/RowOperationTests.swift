import TensorCore
import Testing

/// Every table against f64, for every length up to two vectors and a few more; vector tables agree bit for bit.
@Suite("Row operations")
struct RowOperationTests {
    private static let lengths = Array(1...35) + [64, 100, 576, 1000]

    @Test(arguments: lengths) func rmsNorm(length: Int) {
        let x = randomTensor(rows: 2, columns: length, seed: 1)
        let gain = randomTensor(rows: 1, columns: length, seed: 2)
        let expected = (0..<2).flatMap { row in
            let values = x[rows: row..<row + 1].values.map { Double($0) }
            let scale = 1 / (values.reduce(0) { $0 + $1 * $1 } / Double(length) + 1e-5).squareRoot()
            return zip(values, gain.values).map { $0 * scale * Double($1) }
        }
        check(expected) { $0.rmsNorm(x, RMSNorm(gain: gain, epsilon: 1e-5)) }
    }

    @Test(arguments: lengths) func swiglu(length: Int) {
        let gate = randomTensor(rows: 2, columns: length, seed: 3)
        let up = randomTensor(rows: 2, columns: length, seed: 4)
        let expected = zip(gate.values, up.values).map { Exact.silu($0) * Double($1) }
        check(expected) { $0.swiglu(gate: gate, up: up) }
    }

    /// Negative and large gates, too.
    @Test(arguments: lengths) func geglu(length: Int) {
        let gate = Tensor(randomValues(2 * length, seed: 3).map { $0 * 3 }, rows: 2, columns: length)
        let up = randomTensor(rows: 2, columns: length, seed: 4)
        let expected = zip(gate.values, up.values).map { Exact.gelu($0) * Double($1) }
        // The sum 1 + tanh(...) of negative gates loses digits, but not more than f32 has.
        check(expected, within: 1e-6) { $0.geglu(gate: gate, up: up) }
    }

    @Test func extremeGatesOfGeglu() {
        let gates: [Float] = [-.greatestFiniteMagnitude, -1e10, -100, -20, -0.0, 0, 20, 100, 1e10]
        let ones = Tensor([Float](repeating: 1, count: gates.count), rows: 1, columns: gates.count)
        for table in KernelTable.available {
            let result = ComputeContext.with(table).geglu(
                gate: Tensor(gates, rows: 1, columns: gates.count), up: ones)
            #expect(result.values == [0, 0, 0, 0, 0, 0, 20, 100, 1e10], "\(table)")
        }
    }

    @Test(arguments: lengths) func scaled(length: Int) {
        let x = randomTensor(rows: 2, columns: length, seed: 6)
        for table in KernelTable.available {
            #expect(ComputeContext.with(table).scaled(x, by: 0.3).values == x.values.map { $0 * 0.3 })
        }
    }

    @Test(arguments: lengths) func softmax(length: Int) {
        let x = Tensor(randomValues(2 * length, seed: 5).map { $0 * 10 }, rows: 2, columns: length)
        let expected = (0..<2).flatMap { Exact.softmax(x[rows: $0..<$0 + 1].values) }
        // The difference to the largest value is rounded to f32 before the exponential: below 64, to within 2^-19.
        check(expected, relative: 4e-6) { $0.softmax(x) }
    }

    @Test(arguments: lengths) func add(length: Int) {
        let x = randomTensor(rows: 2, columns: length, seed: 6)
        let y = randomTensor(rows: 2, columns: length, seed: 7)
        let expected = zip(x.values, y.values).map { $0 + $1 }
        for table in KernelTable.available { #expect(ComputeContext.with(table).add(x, y).values == expected) }
    }

    /// Every position, across the borders of the pages of angles.
    @Test(arguments: [RoPEPairing.interleaved, .halfSplit], [2, 8, 20, 64, 66])
    func rotated(pairing: RoPEPairing, headDimension: Int) {
        let half = headDimension / 2
        let frequencies = (0..<half).map { 1 / Float(1 + 3 * $0) }
        let rotary = RotaryEmbedding(pairing: pairing, frequencies: frequencies)
        for first in [0, 250, 2000] {
            let x = randomTensor(rows: 10, columns: 3 * headDimension, seed: 8)
            var expected = x.values.map { Double($0) }
            for row in 0..<10 {
                for head in 0..<3 {
                    for pair in 0..<half {
                        let start = (row * 3 + head) * headDimension
                        let a = start + (pairing == .interleaved ? 2 * pair : pair)
                        let b = start + (pairing == .interleaved ? 2 * pair + 1 : pair + half)
                        let angle = Double(Float(first + row) * frequencies[pair])
                        (expected[a], expected[b]) = Exact.turned(expected[a], expected[b], by: angle)
                    }
                }
            }
            check(expected, within: 1e-6) { $0.rotated(x, by: rotary, headDimension: headDimension, first: first) }
        }
    }

    /// Compares every table with `expected`, and vector tables with each other.
    private func check(
        _ expected: [Double], relative: Double = 1e-6, within unit: Double = 1e-30,
        _ operation: (ComputeContext) -> Tensor
    ) {
        for table in KernelTable.available {
            let values = operation(.with(table)).values
            #expect(values.count == expected.count)
            for (index, (value, exact)) in zip(values, expected).enumerated() {
                let error = (Double(value) - exact).magnitude
                if !(error <= exact.magnitude * relative + unit) { Issue.record("\(table) [\(index)]: \(value)") }
            }
        }
        #expect(Set(KernelTable.vectors.map { operation(.with($0)).bits }).count <= 1)
    }
}
