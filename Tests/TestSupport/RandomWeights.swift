package import CheckpointFiles
package import LanguageModels
package import TensorCore

/// Random weights of a model of any architecture, of sizes at which every part matters to the logits.
///
/// Each tensor's elements are a function of the seed and the tensor's name.
package struct RandomWeights: TensorSource {
    /// The order of rows in the query and key projections.
    package let ropePairing: RoPEPairing
    /// What is added to stored factors of norms.
    package let gainOffset: Float
    private let seed: UInt64
    private let headDimension: Int
    private let kinds: [String: TensorKind]

    /// Creates the weights of a model, in Hugging Face's order of rows by default.
    ///
    /// - Parameter isTied: whether the embedding is also the head.
    package init(
        seed: UInt64 = 1, _ configuration: ModelConfiguration, isTied: Bool, ropePairing: RoPEPairing = .halfSplit
    ) {
        self.seed = seed
        self.ropePairing = ropePairing
        gainOffset = configuration.architecture.storesGainsMinusOne ? 1 : 0
        headDimension = configuration.attention.headDimension
        let tensors = configuration.tensors(isTied: isTied)
        kinds = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.kind) })
    }

    package var file: String { "random weights of seed \(seed)" }
    package func storedName(of name: String) -> String { name }
    package func contains(_ name: String) -> Bool { kinds[name] != nil }

    package func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        guard let kind = kinds[name] else { preconditionFailure("the model has no tensor \(name)") }
        let values = values(kind, name, shape)
        let plain = StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
        guard ropePairing == .interleaved, kind.isRotated else { return plain }
        var bytes: [UInt8] = []
        let order = TensorConversion.RowOrder(from: .halfSplit, to: .interleaved, headDimension: headDimension)
        try TensorConversion(to: .f32, rows: order).write(plain) { (part) throws(CheckpointError) in
            bytes += part.withUnsafeBytes { Array($0) }
        }
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: bytes)
    }

    private func values(_ kind: TensorKind, _ name: String, _ shape: [Int]) -> [Float] {
        var random = SeededGenerator(seed: name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
        let (center, size): (Float, Float) =
            switch kind {
            case .gain, .rotatedGain: (1 - gainOffset, 0.2)
            case .bias, .rotatedBias: (0, 0.5)
            // The variance is 1 / fan-in, so that normalized rows keep size 1.
            case .matrix, .rotatedMatrix, .residualMatrix: (0, 1 / Float(shape[shape.count - 1]).squareRoot())
            }
        return (0..<shape.reduce(1, *)).map { _ in center + size * random.normal() }
    }
}
