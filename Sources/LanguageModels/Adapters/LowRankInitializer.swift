package import CheckpointFiles
package import TensorCore

/// The initial values of a LoRA adapter, as in PEFT: A is uniform in +-1 / sqrt(columns) (Kaiming's initialization with a
/// slope of sqrt(5)), and B is zero, so that the model begins as its base.
///
/// Each tensor's values are a function of the seed and the tensor's name.
package struct LowRankInitializer: TensorSource {
    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    package var file: String { "random adapter of seed \(seed)" }
    package var ropePairing: RoPEPairing { .halfSplit }
    package func storedName(of name: String) -> String { name }
    package func contains(_ name: String) -> Bool { true }

    package func tensor(named name: String, shape: [Int]) -> StoredTensor {
        let count = shape.reduce(1, *)
        var values = [Float](repeating: 0, count: count)
        if name.hasSuffix(".lora_A.weight") {
            let random = CounterRandom(seed: seed, FowlerNollVo(name.utf8).value)
            let bound = 1 / Double(shape[1]).squareRoot()
            for index in 0..<count { values[index] = Float(bound * (2 * random.uniform(UInt64(index)) - 1)) }
        }
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
    }
}
