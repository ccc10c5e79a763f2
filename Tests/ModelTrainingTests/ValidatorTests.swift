import CheckpointFiles
import LanguageModels
import TensorCore
import Testing

@testable import ModelTraining

@Suite("Validation of what is not finite")
struct ValidatorTests {
    /// The error names the first such exit, since all later ones are not finite either.
    @Test(arguments: 0..<4) func theFirstExitThatIsNotFinite(layer: Int) throws {
        let model = try TinyTraining.model(weights: SpoiledLayer(base: TinyTraining.weights, layer: layer)).detached()
        let validator = Validator(TinyTraining.recipe(), data: CountingSource())
        #expect(throws: TrainingError.notFiniteValidation(step: 7, exit: layer + 1)) {
            try validator.measure(model, step: 7) { false }
        }
    }
}

/// Weights in which those of one layer are NaN.
private struct SpoiledLayer: TensorSource {
    let base: any TensorSource
    let layer: Int

    var file: String { base.file }
    var ropePairing: RoPEPairing { base.ropePairing }
    func storedName(of name: String) -> String { name }
    func contains(_ name: String) -> Bool { base.contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        guard name.contains("layers.\(layer).") else { return try base.tensor(named: name, shape: shape) }
        let values = [Float](repeating: .nan, count: shape.reduce(1, *))
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
    }
}
