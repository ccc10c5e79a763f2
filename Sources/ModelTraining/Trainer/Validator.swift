import LanguageModels

/// Chooses what every exit is measured on while a model is trained: always the same sequences, which it does not learn
/// from.
struct Validator: Sendable {
    private let source: any BatchSource
    private let sequencesPerBatch: Int
    /// How many sequences it measures.
    let sequences: Int
    /// How many batches these are; the last one may be smaller.
    var batches: Int { (sequences + sequencesPerBatch - 1) / sequencesPerBatch }

    init(_ recipe: TrainingRecipe, data source: any BatchSource) {
        self.source = source
        // No sequence twice.
        sequencesPerBatch = min(recipe.batch.sequences, source.sequencesPerEpoch)
        sequences = min(recipe.validation.batches * sequencesPerBatch, source.sequencesPerEpoch)
    }

    /// Every exit's figures.
    ///
    /// - Parameters:
    ///   - model: plain weights, of which nothing is recorded.
    ///   - step: how many steps it has made.
    /// - Returns: nil if it was to stop before there were any.
    /// - Throws: ``TrainingError`` if logits are not finite, ``FileError`` if the data is damaged.
    func measure(_ model: some LanguageModel, step: Int, shouldStop: () -> Bool) throws -> ValidationMetrics? {
        var evaluation = ExitEvaluation(layerCount: model.layerCount)
        for first in stride(from: 0, to: sequences, by: sequencesPerBatch) {
            if shouldStop() { return nil }
            let batch = try source.batch(
                at: DataPlace(index: first), sequences: min(sequencesPerBatch, sequences - first))
            let rows = batch.scoredRows
            var memory = CausalBatch(for: model, length: batch.length)
            do throws(ExitEvaluation.NotFinite) {
                try evaluation.score(
                    model, batch.tokens, rows: rows, targets: rows.map { batch.targets[Int($0)] },
                    rowsAtOnce: model.rowsOfLogitsAtOnce, &memory)
            } catch {
                throw TrainingError.notFiniteValidation(step: step, exit: error.exit)
            }
        }
        return ValidationMetrics(step: step, evaluation)
    }
}
