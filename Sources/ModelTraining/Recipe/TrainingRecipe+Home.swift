public import CheckpointFiles

extension TrainingRecipe {
    /// Returns the recipe with `~` at the beginning of its paths replaced by the home folder.
    ///
    /// - Parameter home: the home folder's path; nil if unknown.
    /// - Throws: ``RecipeError`` for another user's folder (`~name`), or if the home folder is unknown.
    public func expandingHome(_ home: String? = HomeFolder.path) throws(RecipeError) -> TrainingRecipe {
        func expanded(_ path: String, _ key: String) throws(RecipeError) -> String {
            do {
                return try HomeFolder.expand(path, home: home)
            } catch {
                throw RecipeError(key: key, expected: error.expected, found: error.found)
            }
        }
        var recipe = self
        recipe.output = try expanded(output, "output")
        if case .path(let path) = model.start { recipe.model.start = .path(try expanded(path, "model.start")) }
        if case .path(let path)? = exits.teacher { recipe.exits.teacher = .path(try expanded(path, "exits.teacher")) }
        if let path = model.tokenizer { recipe.model.tokenizer = try expanded(path, "model.tokenizer") }
        recipe.data.training = []
        for path in data.training { recipe.data.training.append(try expanded(path, "data.training")) }
        recipe.data.validation = []
        for path in data.validation { recipe.data.validation.append(try expanded(path, "data.validation")) }
        return recipe
    }
}
