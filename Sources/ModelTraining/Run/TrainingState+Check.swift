import CheckpointFiles

extension TrainingState {
    /// Checks that a run may resume from this state.
    ///
    /// - Parameters:
    ///   - recipe: the run's current recipe.
    ///   - source: its current training data.
    ///   - contents: the current contents of the training and validation data.
    ///   - path: the checkpoint's folder.
    /// - Throws: ``RecipeError`` if something has changed that weights depend on; ``CheckpointError`` if the
    ///   state contradicts itself, the data or the tokenizer.
    package func check(
        _ recipe: TrainingRecipe, _ source: any BatchSource, _ contents: DataContents, tokenizerFingerprint: UInt64,
        path: String
    ) throws {
        let file = "\(path)/\(TrainingCheckpoint.Name.state)"
        var (recipe, original) = (recipe, try originalRecipe(path))
        // Older versions had no masks.
        recipe.data.mask = recipe.data.mask ?? BatchSampler.Mask.none
        original.data.mask = original.data.mask ?? BatchSampler.Mask.none
        if let difference = recipe.difference(from: original) { throw difference }
        try check(contents, recipe, original)
        let found = Self.text(tokenizerFingerprint)
        guard tokenizer == found else {
            throw CheckpointError(
                file: file, name: "tokenizer", expected: "the tokenizer of the data, \(found)", found: tokenizer.quoted)
        }
        guard step <= recipe.steps else {
            throw CheckpointError(
                file: file, name: "step", expected: "at most the \(recipe.steps) steps of the recipe", found: "\(step)")
        }
        guard 1...recipe.batch.sequencesPerStep ~= groups ?? 1 else {
            throw CheckpointError(
                file: file, name: "groups", expected: "1 to the \(recipe.batch.sequencesPerStep) sequences of a step",
                found: "\(groups ?? 1)")
        }
        // The place follows from the number of steps, so a different one was not written by this run on this data.
        let sequences = recipe.batch.sequences * recipe.batch.accumulation
        let expected = source.place(after: DataPlace(), sequences: step * sequences)
        guard place == expected else {
            throw CheckpointError(
                file: file, name: "place", expected: "\(expected), after \(step.counted("step")) on this data",
                found: "\(place)")
        }
    }

    /// Checks the network of learned weights.
    ///
    /// - Throws: if it is missing, belongs to another number of early exits, or has more updates than there were steps.
    func checkWeighting(exits: Int, path: String) throws(CheckpointError) {
        guard weighting?.isValid(exits: exits, steps: step) == true else {
            throw CheckpointError(
                file: "\(path)/\(TrainingCheckpoint.Name.state)", name: "weighting",
                expected: "a network for \(exits.counted("early exit")), with at most \(step.counted("update"))",
                found: weighting == nil ? "no such key" : "another")
        }
    }

    /// Whether the validation data is known to have changed.
    func hasOtherValidation(than contents: DataContents) -> Bool {
        guard let old = data?.validation, let new = contents.validation else { return false }
        return old != new
    }

    /// The recipe of the run that wrote the checkpoint at a path.
    ///
    /// - Throws: if it has unknown keys or values.
    func originalRecipe(_ path: String) throws(CheckpointError) -> TrainingRecipe {
        let file = "\(path)/\(TrainingCheckpoint.Name.state)"
        var original = TrainingRecipe()
        for (path, value) in recipe.sorted(by: { $0.key < $1.key }) {
            guard let key = RecipeKey.named(path) else {
                throw CheckpointError(
                    file: file, name: "recipe", expected: "keys that `train --list-keys` lists", found: path.quoted)
            }
            do {
                try key.set(value, in: &original)
            } catch {
                throw CheckpointError(
                    file: file, name: "recipe \(path)", expected: error.expected, found: error.found.quoted)
            }
        }
        return original
    }

    /// Compares the contents of the shards. Format 1 records only their paths.
    private func check(
        _ contents: DataContents, _ recipe: TrainingRecipe, _ original: TrainingRecipe
    ) throws(RecipeError) {
        if let data {
            guard data.training == contents.training else {
                throw RecipeError(
                    key: "data.training",
                    expected: "\(data.training.summary), as when the run began (for other data, use another output)",
                    found: contents.training.summary)
            }
            guard data.parts == contents.parts else {
                func text(_ parts: [Int]?) -> String {
                    (parts ?? []).map { $0.counted("shard") }.joined(separator: ", ")
                }
                throw RecipeError(
                    key: "data.training",
                    expected: "entries of \(text(data.parts)) for data.weights, as when the run began",
                    found: "entries of \(text(contents.parts))")
            }
            return
        }
        for path in ["data.training", "data.validation"] {
            guard let key = RecipeKey.named(path) else { preconditionFailure("\(path) is no key") }
            if let error = recipe.difference(from: original, at: key) { throw error }
        }
    }
}

extension [ShardContent] {
    var summary: String { isEmpty ? "data of no shard" : map(\.description).joined(separator: ", ") }
}
