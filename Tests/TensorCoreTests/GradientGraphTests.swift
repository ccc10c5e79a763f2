import TensorCore
import TestSupport
import Testing

@Suite("Backward pass")
struct GradientGraphTests {
    private let compute = ComputeContext.with(KernelTable.available[KernelTable.available.count - 1], threads: 2)

    private func parameter(_ rows: Int, _ columns: Int, seed: UInt64) -> Parameter {
        Parameter(name: "p\(seed)", randomTensor(rows: rows, columns: columns, seed: seed), on: compute)
    }

    /// Branches of different lengths that separate and join again: 8 x in all.
    @Test func linesMeet() throws {
        let x = parameter(2, 3, seed: 1)
        let two = compute.add(x.values, x.values)
        let four = compute.add(two, two)
        let three = compute.add(x.values, two)
        let eight = compute.add(compute.add(four, three), x.values)
        eight.backward(from: Tensor([1, 2, 3, 4, 5, 6], rows: 2, columns: 3))
        #expect(try #require(x.gradient).values == [8, 16, 24, 32, 40, 48])
    }

    @Test func gradientsAreGatheredUntilDiscarded() throws {
        let x = parameter(1, 2, seed: 1)
        for count in 1...3 {
            compute.add(x.values, x.values).backward(from: Tensor([1, -1], rows: 1, columns: 2))
            #expect(try #require(x.gradient).values == [2 * Float(count), -2 * Float(count)])
        }
        x.discardGradient()
        #expect(x.gradient == nil && x.gradientSquares == 0)
        compute.add(x.values, x.values).backward(from: Tensor([1, 2], rows: 1, columns: 2))
        #expect(try #require(x.gradient).values == [2, 4])
        #expect(x.gradientSquares == 20)
    }

    /// Recorded nodes are freed during the backward pass: a long chain needs memory for a few results at a time, not
    /// for all.
    @Test(.keptResultsAreCounted) func memoryIsGivenBack() {
        let x = parameter(1, 1 << 18, seed: 1)
        var last = x.values
        for _ in 0..<8 { last = compute.swiglu(gate: last, up: last) }
        let held = compute.heldBytes
        last.backward(from: last.detached())
        let result = 4 << 18
        #expect(held >= 8 * result)
        #expect(compute.heldBytes <= 4 * result)
    }

    /// A feed-forward network keeps the inputs of its norm and SwiGLU, and recomputes their outputs.
    @Test(.keptResultsAreCounted) func normsAndActivationsAreMadeAgain() {
        let (rows, width, hidden) = (4096, 64, 512)  // 8 MiB for a hidden tensor, which needs a large block
        let norm = RMSNorm(gain: parameter(1, width, seed: 1).values, epsilon: 1e-5)
        let (gate, up) = (parameter(hidden, width, seed: 2), parameter(hidden, width, seed: 3))
        let down = parameter(width, hidden, seed: 4)
        let x = parameter(rows, width, seed: 5)
        let before = compute.heldBytes
        let result = compute.gatedFeedForward(
            x.values, norm: norm, gate: Projection(.unpacked(gate.values)),
            up: Projection(.unpacked(up.values)), down: Projection(.unpacked(down.values)))
        let floats = (compute.heldBytes - before) / MemoryLayout<Float>.stride
        #expect(floats >= rows * (2 * hidden + width))
        #expect(floats < rows * 3 * hidden)
        result.backward(from: randomTensor(rows: rows, columns: width, seed: 6))
        #expect(down.gradient != nil && gate.gradient != nil && x.gradient != nil)
    }

    private struct Layer {
        let norm: Parameter
        let weights: Parameter

        func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
            compute.linear(x, norm: RMSNorm(gain: norm.values, epsilon: 1e-5), .unpacked(weights.values), addingTo: x)
        }
    }

    /// Recomputation gives the same bits as keeping the recorded results.
    @Test func recomputationIsTheSame() throws {
        func run(_ call: (Tensor, @escaping (Tensor) -> Tensor) -> Tensor) throws -> [[UInt32]] {
            let x = parameter(5, 24, seed: 1)
            let layers = (0..<3).map {
                Layer(norm: parameter(1, 24, seed: 2 + $0), weights: parameter(24, 24, seed: 9 + $0))
            }
            var result = x.values
            for layer in layers { result = call(result) { layer($0, compute) } }
            result.backward(from: randomTensor(rows: 5, columns: 24, seed: 20))
            let parameters = [x] + layers.flatMap { [$0.norm, $0.weights] }
            return try [result.bits] + parameters.map { try #require($0.gradient).bits }
        }
        let plain = try run { $1($0) }
        #expect(try run { compute.recomputed($0, $1) } == plain)
        #expect(!compute.recomputed(randomTensor(rows: 1, columns: 2, seed: 1)) { $0 }.isRecorded)
    }

    /// Frozen layers accumulate no gradients, but pass them on.
    @Test func frozenLayersPassGradientsOn() throws {
        let x = parameter(3, 8, seed: 1)
        let weights = randomTensor(rows: 8, columns: 8, seed: 2)
        let gradient = randomTensor(rows: 3, columns: 8, seed: 3)
        compute.linear(x.values, .unpacked(weights)).backward(from: gradient)
        let expected = (0..<3).flatMap { row in
            (0..<8).map { column in
                (0..<8).reduce(0.0) {
                    $0 + Double(gradient.values[row * 8 + $1]) * Double(weights.values[$1 * 8 + column])
                }
            }
        }
        #expect(relativeError(try #require(x.gradient).values, expected) < 1e-6)
        let frozen = compute.recomputed(x.values) { compute.linear($0, .unpacked(weights)) }
        x.discardGradient()
        frozen.backward(from: gradient)
        #expect(relativeError(try #require(x.gradient).values, expected) < 1e-6)
    }

    /// Losses in chunks of any size, for tensors that are recorded or not.
    @Test(arguments: [1, 4, 7, 100]) func settledIsTheWholeLoss(rowsAtOnce: Int) throws {
        let targets: [Int32] = [3, -1, 0, 5, 2, -1, 7]
        let x = parameter(7, 8, seed: 1)
        let head = parameter(9, 8, seed: 2)
        func loss(_ x: Tensor, _ rows: Range<Int>) -> Tensor {
            compute.crossEntropy(
                compute.linear(x, .unpacked(head.values)), targets: Array(targets[rows]), weight: 0.2)
        }
        let whole = loss(x.values, 0..<7)
        whole.backward()
        let expected = try [x, head].map { try #require($0.gradient).values }
        for parameter in [x, head] { parameter.discardGradient() }

        let settled = compute.chunkedLoss(x.values, rowsAtOnce: rowsAtOnce, loss)
        #expect(x.gradient == nil)
        #expect(relativeError([settled.scalar], [whole.scalar]) < 1e-6)
        compute.add(settled, Tensor([1], rows: 1, columns: 1)).backward()
        for (parameter, expected) in zip([x, head], expected) {
            #expect(relativeError(try #require(parameter.gradient).values, expected) < 1e-6)
        }

        head.discardGradient()
        let plain = compute.chunkedLoss(x.values.detached(), rowsAtOnce: rowsAtOnce, loss)
        #expect(plain.scalar == settled.scalar && !plain.isRecorded)
        #expect(relativeError(try #require(head.gradient).values, expected[1]) < 1e-6)
    }

    @Test func settledOfNothingIsNothing() {
        #expect(compute.chunkedLoss(Tensor([], rows: 0, columns: 4), rowsAtOnce: 8) { chunk, _ in chunk }.scalar == 0)
    }
}
