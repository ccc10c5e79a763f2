import CLibc
import TensorCore
import TestSupport

/// A training operation with PyTorch's results, from `Tests/GoldenMakers/gradient_operations.py`.
struct GradientSample: Decodable, CustomStringConvertible {
    struct Values: Decodable {
        let rows: Int
        let columns: Int
        let values: [Float]

        var tensor: Tensor { Tensor(values, rows: rows, columns: columns) }
    }

    let name: String
    let inputs: [Values]
    let result: Values
    let resultGradient: Values
    let gradients: [Values]

    static func all() throws -> [GradientSample] { try Goldens.json("gradients-operations.json") }

    var description: String { name }

    /// Applies the operation with this name.
    func apply(_ x: [Tensor], on compute: ComputeContext) -> Tensor {
        switch name {
        case "linear": return compute.linear(x[0], .unpacked(x[1]))
        case "linear with summand": return compute.linear(x[0], .unpacked(x[1]), addingTo: x[2])
        case "embedding": return compute.embedding([3, 0, 3, 5, 1, 3].span, .unpacked(x[0]))
        case "rms norm": return compute.rmsNorm(x[0], RMSNorm(gain: x[1], epsilon: 1e-5))
        case "rotation":
            let frequencies = (0..<3).map { Self.frequencies[$0] }
            return compute.rotated(
                x[0], by: RotaryEmbedding(pairing: .halfSplit, frequencies: frequencies), headDimension: 6, length: 7)
        case "attention":
            let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 6)
            return compute.causalAttention(queries: x[0], keys: x[1], values: x[2], shape, length: 7)
        case "swiglu": return compute.swiglu(gate: x[0], up: x[1])
        case "sum": return compute.add(x[0], x[1])
        case "cross entropy": return compute.crossEntropy(x[0], targets: [3, -1, 0, 10, 3], weight: 0.25)
        case "gather": return compute.gather(x[0], rows: [4, 0, 4])
        case "scatter": return compute.scatter(x[0], rows: [4, 1], into: x[1])
        case "bias": return compute.add(x[0], row: x[1])
        case "head norms": return compute.headNorms(x[0], RMSNorm(gain: x[1], epsilon: 1e-5))
        case "scaled": return compute.scaled(x[0], by: 0.625)
        case "partial rotation":
            let rotary = RotaryEmbedding(pairing: .halfSplit, frequencies: [1, 0.01], magnitude: 1.25)
            return compute.rotated(x[0], by: rotary, headDimension: 6, length: 7)
        case "windowed attention":
            let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 6)
            return compute.causalAttention(queries: x[0], keys: x[1], values: x[2], shape, length: 7, window: 3)
        case "divergence": return imitation(.divergence, of: x[0], on: compute)
        case "acceptance": return imitation(.acceptance, of: x[0], on: compute)
        case "mixed acceptance": return imitation(.mixedAcceptance(decay: 3), of: x[0], on: compute)
        case "most likely": return imitation(.mostLikely, of: x[0], on: compute)
        default: preconditionFailure("\(name) has a golden but no operation")
        }
    }

    /// A loss whose target is softmax(3 sin(37 row + column)).
    private func imitation(_ loss: ImitationLoss, of logits: Tensor, on compute: ComputeContext) -> Tensor {
        let angles = (0..<logits.rows).flatMap { row in (0..<logits.columns).map { Double(37 * row + $0) } }
        let target = compute.targetDistributions(
            Tensor(angles.map { Float(3 * sin($0)) }, rows: logits.rows, columns: logits.columns))
        return compute.imitationLoss(logits, of: target, loss, weights: [0.25, 1, 0, 0.5, 2])
    }

    /// 10000^(-2i / 6)
    private static let frequencies: [Float] = [1, 0.046415888, 0.0021544347]

    /// Computes the result and the gradients of all inputs.
    func goneBack(on compute: ComputeContext) -> (result: Tensor, gradients: [Tensor]) {
        let memory = inputs.map { input in Tensor(zeroRows: input.rows, columns: input.columns) }
        let leaves = zip(inputs, memory).map { compute.leaf($0.tensor, gathering: $1) }
        let result = apply(leaves, on: compute)
        result.backward(from: resultGradient.tensor)
        return (result.detached(), memory)
    }
}
