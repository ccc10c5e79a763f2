import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Losses row by row")
struct RowLossesTests {
    /// The losses of rows add up to the objective, with layer dropout, an exit block and a teacher.
    @Test(arguments: [false, true], [ExitTarget.text, .mixed, .acceptance])
    func theyAddUpToTheObjective(hasBlock: Bool, target: ExitTarget) throws {
        let stored = StoredModel(TinyTraining.configuration, TinyTraining.weights)
        let compute = try ComputeContext(threads: 1)
        let model = try Transformer(
            trainable: hasBlock ? stored.withExitBlock(copiedAt: 2) : stored, on: compute)
        let other = RandomInitializer(seed: 8, TinyTraining.configuration, isTied: true)
        let teacher = try Transformer(
            trainable: StoredModel(TinyTraining.configuration, other), freezing: nil, on: compute)
        var exits = EarlyExitLoss()
        (exits.scale, exits.profile, exits.curriculum, exits.exits) = (0.5, .constant, .all, hasBlock ? [2] : [1, 2])
        (exits.target, exits.teacher) = (target, .path("teacher"))
        var dropout = LayerDropout()
        (dropout.maximum, dropout.depth) = (0.4, .constant)
        let batch = CountingSource().batch(at: DataPlace(), sequences: 5)
        let parts = [GroupPart(batch: batch, first: 0)]
        let moment = LayerDropout.Step(seed: 5, step: 1, of: 10, layerCount: 4)
        let objective = Objective(dropout: dropout, exits: exits, recompute: false)
        let rows = try #require(objective.rowLosses(of: parts, model, teacher: teacher, at: moment))
        let total = objective.addGradients(
            of: parts, to: model, teacher: teacher, scored: batch.scoredCount, at: moment)[0]
        func mean(_ losses: [Double]) -> Double { losses.reduce(0, +) / Double(batch.scoredCount) }
        let last = exits.weights(step: 1, of: 10, layerCount: 4)[3]
        let early = zip(rows.weights, rows.trained).reduce(0) { $0 + $1.0 * mean($1.1) }
        #expect(rows.text.count == rows.weights.count + 1 && rows.sequences.count == batch.scoredCount)
        #expect(abs(total.last - mean(rows.text[rows.text.count - 1])) < 1e-5)
        #expect(abs(total.total - (early + last * total.last)) < 1e-5)
    }
}
