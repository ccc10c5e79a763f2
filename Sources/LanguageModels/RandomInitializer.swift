package import CheckpointFiles
package import TensorCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Random weights to start training from: normal with standard deviation 0.02; projections that end in the residual
/// stream smaller by the square root of 2 L, since 2 L of them are added there (Radford et al., "Language Models are
/// Unsupervised Multitask Learners", section 2.3); gains of 1.
///
/// Each tensor's values are a function of the seed and of its name.
package struct RandomInitializer: TensorSource {
    private let seed: UInt64
    private let layerCount: Int
    private let isTied: Bool

    /// Weights of a model of `layerCount` layers.
    ///
    /// - Parameter isTied: whether the embedding serves as head.
    package init(seed: UInt64, layerCount: Int, isTied: Bool) {
        self.seed = seed
        self.layerCount = layerCount
        self.isTied = isTied
    }

    package var file: String { "random weights of seed \(seed)" }
    package var ropePairing: RoPEPairing { .halfSplit }
    package func storedName(of name: String) -> String { name }

    package func contains(_ name: String) -> Bool {
        switch name {
        case "lm_head.weight": !isTied
        case "model.rope_frequency_factors.weight": false
        default: true
        }
    }

    package func tensor(named name: String, shape: [Int]) -> StoredTensor {
        let count = shape.reduce(1, *)
        let values = shape.count == 1 ? [Float](repeating: 1, count: count) : normalValues(count, name)
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
    }

    private func normalValues(_ count: Int, _ name: String) -> [Float] {
        let endsInStream = name.hasSuffix("o_proj.weight") || name.hasSuffix("down_proj.weight")
        let deviation = endsInStream ? 0.02 / Double(2 * layerCount).squareRoot() : 0.02
        let random = CounterRandom(seed: seed, Self.label(of: name))
        return (0..<count).map { index in
            // Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
            let radius = (-2 * log(random.uniform(UInt64(2 * index)))).squareRoot()
            let angle = 2 * Double.pi * random.uniform(UInt64(2 * index + 1))
            return Float(deviation * radius * cos(angle))
        }
    }

    /// FNV-1a: Swift's own hash differs from run to run.
    private static func label(of name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
