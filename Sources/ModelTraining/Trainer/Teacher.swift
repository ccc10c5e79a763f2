import LanguageModels
import TensorCore

/// What a teacher says about some rows of a batch. It runs without layer dropout, and nothing is recorded.
struct Teacher<Model: LanguageModel> {
    private let model: Model
    /// The rows of the last layer's output.
    private let x: Tensor

    /// Runs the layers.
    ///
    /// - Parameters:
    ///   - model: the teacher, with plain weights.
    ///   - rows: the rows of the batch that are needed.
    init(_ model: Model, _ batch: TrainingBatch, rows: [Int32]) {
        self.model = model
        var memory = CausalBatch(
            for: model, length: batch.length, segments: batch.segments(of: Array(0..<batch.sequences)))
        let output = model.run(0..<model.layerCount, model.embed(batch.tokens), &memory)
        x = rows.count == output.rows ? output : model.compute.gather(output, rows: rows)
    }

    /// The distributions of some of the rows.
    func distributions(rows: Range<Int>) -> TargetDistributions {
        model.compute.targetDistributions(model.logits(x[rows: rows]))
    }
}
