import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport

/// Weights moved by a step along a fixed random direction. A step of NaN makes all weights NaN.
struct MovedWeights: TensorSource {
    let base: any TensorSource
    let step: Float

    var file: String { base.file }
    var ropePairing: RoPEPairing { base.ropePairing }
    func storedName(of name: String) -> String { name }
    func contains(_ name: String) -> Bool { base.contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let values = try base.tensor(named: name, shape: shape).vector().values
        let moved = zip(values, direction(name, count: values.count)).map { $0 + step * $1 }
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(moved))
    }

    func direction(_ name: String, count: Int) -> [Float] {
        var random = SeededGenerator(seed: name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        return (0..<count).map { _ in random.normal() / 10 }
    }
}
