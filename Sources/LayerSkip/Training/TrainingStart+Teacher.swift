import CheckpointFiles
import LanguageModels
import ModelTraining
import TextTokens

extension TrainingStart {
    /// Opens the teacher of a recipe, if something learns from it.
    ///
    /// - Parameter defaultModel: opens the model that `default` refers to.
    /// - Throws: ``CheckpointError`` if it cannot be read, ``RecipeError`` if it does not fit the model in training.
    mutating func openTeacher(
        of recipe: TrainingRecipe, defaultModel: (() throws(CheckpointError) -> Checkpoint)?
    ) throws {
        guard recipe.exits.learnsFromTeacher, let name = recipe.exits.teacher else { return }
        var checkpoint: Checkpoint
        switch name {
        case .random: preconditionFailure("a recipe that was checked")
        case .defaultModel: checkpoint = try TrainingRecipe.open(defaultModel, key: "exits.teacher")
        case .path(let path): checkpoint = try Checkpoint(path: ModelFinder().cachedPath(of: path))
        }
        checkpoint.usesExitBlock = false
        let model = try checkpoint.model()
        try check(
            teacher: model, name: "\(name)", tokenizerFingerprint: checkpoint.tokenizerOfRows().fingerprint,
            length: recipe.batch.length)
        teacher = model
    }
}
