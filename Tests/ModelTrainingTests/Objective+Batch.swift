import LanguageModels

@testable import ModelTraining

extension Objective {
    /// Adds a batch's gradients to those of the parameters.
    func addGradients(
        of batch: TrainingBatch, to model: some TrainableModel, first: Int, scored: Int, at moment: LayerDropout.Step
    ) -> Losses { addGradients(of: [GroupPart(batch: batch, first: first)], to: model, scored: scored, at: moment)[0] }
}
