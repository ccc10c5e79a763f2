package import CheckpointFiles
package import TensorCore
import CLibc

/// Random initial weights for training: normal with standard deviation 0.02, gains of 1 and biases of 0. Projections
/// into the residual stream are smaller by a factor of the square root of 2 L, since 2 L of them are added there
/// (Radford et al., "Language Models are Unsupervised Multitask Learners", section 2.3).
///
/// Each tensor's values are a function of the seed and the tensor's name.
package struct RandomInitializer: TensorSource {
    private let seed: UInt64
    private let layerCount: Int
    private let kinds: [String: TensorKind]

    /// Creates the weights of a model.
    ///
    /// - Parameter isTied: whether the embedding is also the head.
    package init(seed: UInt64, _ configuration: ModelConfiguration, isTied: Bool) {
        self.seed = seed
        layerCount = configuration.layerCount
        let tensors = configuration.tensors(isTied: isTied)
        kinds = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.kind) })
    }

    package var file: String { "random weights of seed \(seed)" }
    package var ropePairing: RoPEPairing { .halfSplit }
    package func storedName(of name: String) -> String { name }
    package func contains(_ name: String) -> Bool { kinds[name] != nil }

    package func tensor(named name: String, shape: [Int]) -> StoredTensor {
        guard let kind = kinds[name] else { preconditionFailure("the model has no tensor \(name)") }
        let values = values(kind, name, count: shape.reduce(1, *))
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
    }

    private func values(_ kind: TensorKind, _ name: String, count: Int) -> [Float] {
        switch kind {
        case .gain, .rotatedGain: [Float](repeating: 1, count: count)
        case .bias, .rotatedBias: [Float](repeating: 0, count: count)
        case .matrix, .rotatedMatrix: normalValues(name, count: count, deviation: 0.02)
        case .residualMatrix:
            normalValues(name, count: count, deviation: 0.02 / Double(2 * layerCount).squareRoot())
        }
    }

    private func normalValues(_ name: String, count: Int, deviation: Double) -> [Float] {
        let random = CounterRandom(seed: seed, Self.label(of: name))
        return (0..<count).map { index in
            // Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
            let radius = (-2 * log(random.uniform(UInt64(2 * index)))).squareRoot()
            let angle = 2 * Double.pi * random.uniform(UInt64(2 * index + 1))
            return Float(deviation * radius * cos(angle))
        }
    }

    private static func label(of name: String) -> UInt64 { FowlerNollVo(name.utf8).value }
}
