import CheckpointFiles
import ModelTraining
import TensorCore
import TestSupport

/// A training checkpoint's files other than its model: the input is `state.json`, zero, `optimizer.safetensors`.
enum CheckpointTarget: FuzzTarget {
    static let name = "checkpoint"

    private static let recipe: TrainingRecipe = {
        var recipe = TrainingRecipe()
        recipe.output = "run"
        recipe.model.start = .defaultModel
        recipe.data.training = ["a.tokens"]
        recipe.data.validation = ["b.tokens"]
        return recipe
    }()
    private static let fingerprint: UInt64 = 0xFEED
    private static let step = 3
    private static let data = DataContents(training: [ShardContent(tokens: 90, hash: "1f")], validation: nil)

    /// Data whose sequences are never read.
    private struct Source: BatchSource {
        let length = 8
        let sequencesPerEpoch = 10

        func batch(at place: DataPlace, sequences: Int) -> TrainingBatch { fatalError("no sequence is read") }
    }

    static func seeds() throws -> [[UInt8]] {
        let sequences = step * recipe.batch.sequences * recipe.batch.accumulation
        var state = TrainingState(
            step: step, place: Source().place(after: DataPlace(), sequences: sequences), recipe: recipe,
            tokenizerFingerprint: fingerprint, data: data, updates: ["norm": 2], arithmetic: "avx2",
            groups: 2, validationLoss: 2.5)
        state.hashes = [ModelFolder.Name.weights: "0", TrainingCheckpoint.Name.optimizer: "0"]
        let folder = TemporaryFolder()
        var writer = SafetensorsWriter()
        for name in ["m.norm", "v.norm"] {
            let tensor = StoredTensor(name: "", dtype: .f32, shape: [2], bytes: [UInt8](repeating: 1, count: 8))
            writer.add(name, .f32, shape: [2]) { tensor }
        }
        try writer.write(to: folder.file("optimizer"))
        return [JSONText.encode(state) + [0] + (try contents(folder.file("optimizer")))]
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let parts = input.parts(2)
        folder.write(parts[0], as: TrainingCheckpoint.Name.state)
        folder.write(parts[1], as: TrainingCheckpoint.Name.optimizer)
        let state = try TrainingState(checkpoint: folder.path, step: step)
        let again: TrainingState = try JSONText.read(folder.write(JSONText.encode(state), as: "again.json"))
        require(again == state, "\(again) is \(state)")
        try state.check(recipe, Source(), data, tokenizerFingerprint: fingerprint, path: folder.path)
        let parameter = Parameter(name: "norm", Tensor([0, 0], rows: 1, columns: 2), on: compute)
        let moments = try TrainingCheckpoint.moments(in: folder.path, of: [parameter], state)
        require(moments[0].first.columns == 2 && moments[0].second.columns == 2, "\(moments)")
    }

    private static let compute: ComputeContext = {
        guard let kernels = try? KernelTable.selected() else { fatalError("no kernels") }
        return ComputeContext(kernels: kernels, pool: ThreadPool(threads: 1))
    }()
}
