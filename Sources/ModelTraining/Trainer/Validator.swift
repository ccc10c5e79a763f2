import LanguageModels

/// A measurement of exits during training, always on the same validation sequences.
struct Validator: Sendable {
    private let source: any BatchSource
    private let sequencesPerBatch: Int
    private let recipe: TrainingRecipe
    /// The number of sequences measured.
    let sequences: Int
    /// The number of batches. The last one may be smaller.
    var batches: Int { (sequences + sequencesPerBatch - 1) / sequencesPerBatch }

    init(_ recipe: TrainingRecipe, data source: any BatchSource) {
        self.source = source
        self.recipe = recipe
        // Each sequence at most once.
        sequencesPerBatch = min(recipe.validation.sequences ?? recipe.batch.sequences, source.sequencesPerEpoch)
        sequences = min(recipe.validation.batches * sequencesPerBatch, source.sequencesPerEpoch)
    }

    /// Measures the exits that the recipe chooses.
    ///
    /// - Parameters:
    ///   - model: a model with plain weights, so that nothing is recorded for gradients.
    ///   - step: the number of steps completed.
    /// - Returns: the measurements; nil if `shouldStop` returned true.
    /// - Throws: ``TrainingError`` if logits are not finite, ``FileError`` if the data is damaged.
    func measure(_ model: some LanguageModel, step: Int, shouldStop: () -> Bool) throws -> ValidationMetrics? {
        var evaluation = ExitEvaluation(
            layerCount: model.layerCount, exits: recipe.measuredExits(layerCount: model.layerCount))
        for first in stride(from: 0, to: sequences, by: sequencesPerBatch) {
            if shouldStop() { return nil }
            let batch = try source.batch(
                at: DataPlace(index: first), sequences: min(sequencesPerBatch, sequences - first))
            let rows = batch.scoredRows
            var memory = CausalBatch(
                for: model, length: batch.length, segments: batch.segments(of: Array(0..<batch.sequences)))
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
