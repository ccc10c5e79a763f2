import TensorCore
import Testing

/// Exponentials over their whole range, and the handling of NaN, infinities and extreme numbers.
@Suite("Row operations at the extremes")
struct BadValueTests {
    /// e^x, tested through SwiGLU, from underflow to overflow.
    @Test(arguments: KernelTable.available) func exponentialIsAccurate(table: KernelTable) {
        let gates = (-13_000...13_000).map { Float($0) / 100 }
        let x = Tensor(gates, rows: 1, columns: gates.count)
        let ones = Tensor(gates.map { _ in 1 }, rows: 1, columns: gates.count)
        let results = ComputeContext.with(table).swiglu(gate: x, up: ones).values
        for (gate, result) in zip(gates, results) {
            let exact = Exact.silu(gate)
            // Below -88 the denominator leaves f32's range, and the result is below 1e-36.
            let bound = exact.magnitude * 4e-7 + (gate < -88 ? 1e-36 : 0)
            if !((Double(result) - exact).magnitude <= bound) { Issue.record("\(gate): \(result), exactly \(exact)") }
        }
    }

    @Test(arguments: KernelTable.available) func swiglu(table: KernelTable) {
        func silu(_ gate: Float, _ up: Float = 1) -> Float {
            let gates = Tensor([0, gate, 0], rows: 1, columns: 3)
            return ComputeContext.with(table).swiglu(gate: gates, up: Tensor([1, up, 1], rows: 1, columns: 3)).values[1]
        }
        #expect(silu(-1e38) == 0 && silu(-.greatestFiniteMagnitude) == 0)
        #expect(silu(1e38) == 1e38 && silu(.greatestFiniteMagnitude) == .greatestFiniteMagnitude)
        #expect(silu(0) == 0 && silu(.leastNonzeroMagnitude) == 0)
        for bad in [Float.nan, .infinity, -.infinity] { #expect(!silu(bad).isFinite && !silu(1, bad).isFinite) }
    }

    @Test(arguments: KernelTable.available) func softmax(table: KernelTable) {
        for length in [1, 2, 15, 16, 17, 40] {
            func softmax(_ change: (inout [Float]) -> Void) -> [Float] {
                var x = randomValues(length, seed: 1)
                change(&x)
                return ComputeContext.with(table).softmax(Tensor(x, rows: 1, columns: length)).values
            }
            let last = length - 1
            #expect(softmax { $0[last] = .nan }.allSatisfy { $0.isNaN })
            #expect(softmax { $0[last] = .infinity }.allSatisfy { $0.isNaN })
            #expect(softmax { $0 = $0.map { _ in -.infinity } }.allSatisfy { $0.isNaN })
            #expect(softmax { $0[last] = 3e38 }[last] == 1)
            guard length > 1 else { continue }
            let masked = softmax { $0[0] = -.infinity }
            #expect(masked[0] == 0 && (masked.reduce(0, +) - 1).magnitude < 1e-6)
            #expect(softmax { $0[0] = -3e38 }[0] == 0)
        }
    }

    @Test(arguments: KernelTable.available) func rmsNorm(table: KernelTable) {
        for length in [1, 3, 16, 37] {
            func norm(_ value: Float, at index: Int) -> [Float] {
                var x = [Float](repeating: 1, count: length)
                x[index] = value
                let gain = Tensor(x.map { _ in 1 }, rows: 1, columns: length)
                return ComputeContext.with(table)
                    .rmsNorm(Tensor(x, rows: 1, columns: length), RMSNorm(gain: gain, epsilon: 1e-5)).values
            }
            for index in [0, length - 1] {
                for bad in [Float.nan, .infinity, -.infinity] { #expect(!norm(bad, at: index)[index].isFinite) }
                // The square of 1e30 overflows f32, but the norm does not.
                let expected = Float(length).squareRoot()
                #expect((norm(1e30, at: index)[index] - expected).magnitude < 1e-6 * expected)
            }
        }
    }

    @Test(arguments: KernelTable.available) func argmax(table: KernelTable) {
        let context = ComputeContext.with(table)
        for length in Array(1...35) + [1000] {
            func argmax(_ x: [Float]) -> Int? { context.argmax(Tensor(x, rows: 1, columns: length), row: 0) }
            let x = randomValues(length, seed: UInt64(length))
            #expect(argmax(x) == x.firstIndex(of: x.max() ?? 0))
            #expect(argmax(x.map { _ in -5 }) == 0)
            for index in 0..<length {
                var tied = [Float](repeating: -1e30, count: length)
                tied[index] = 7
                tied[length - 1] = 7
                #expect(argmax(tied) == index)
                for bad in [Float.nan, -.nan, .infinity, -.infinity] {
                    tied[index] = bad
                    #expect(argmax(tied) == nil)
                }
            }
            #expect(argmax(x.map { _ in -.infinity }) == nil)
            #expect(argmax([-0.0] + [Float](repeating: 0, count: length - 1)) == 0)
        }
    }

    @Test func argmaxOfOneRowIgnoresTheOthers() {
        let x = Tensor([.nan, 1, 3, 2, .infinity, 0], rows: 3, columns: 2)
        #expect((0..<3).map { ComputeContext.scalar.argmax(x, row: $0) } == [nil, 0, nil])
    }
}
