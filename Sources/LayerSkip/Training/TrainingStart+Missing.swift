import CheckpointFiles
import LanguageModels
import ModelTraining

extension TrainingStart {
    /// Returns the start of a run that resumes although the model or tokenizer that its recipe names was moved or
    /// removed. The newest checkpoint has everything except the initial weights, which a resumed run does not need.
    ///
    /// - Returns: the start and a note for people; nil if the recipe's start exists, or if there is no checkpoint.
    /// - Throws: ``CheckpointError`` if a file is missing from the checkpoint, too, or is wrong.
    static func resuming(_ recipe: TrainingRecipe, shards: [TokenShard]) throws -> (start: Self, note: String)? {
        guard let missing = recipe.missingStart, let path = RunFolder.newestCheckpoint(in: recipe.output) else {
            return nil
        }
        let start: Self
        do {
            start = try Self(Checkpoint(path: path), recipe, shards)
        } catch let error as CheckpointError {
            throw CheckpointError(
                file: error.file, name: error.name,
                expected: "\(error.expected) (\(missing.key) is gone too: to resume, put \(missing.path) back)",
                found: error.found)
        }
        var note = "\(missing.key): nothing at \(missing.path); what was read from it is taken from \(path)"
        // The factors follow from constants in config.json, which were fitted to the factors of a GGUF file.
        if start.configuration.rope.dependsOnFittedConstants {
            note += ", with RoPE frequency factors whose last bits may differ"
        }
        return (start, note)
    }
}

extension TrainingRecipe {
    /// The key and path of the run's start if nothing exists at that path; otherwise nil.
    fileprivate var missingStart: (key: String, path: String)? {
        let start: (key: String, path: String)? =
            switch model.start {
            case .path(let path): ("model.start", path)
            case .random: model.tokenizer.map { ("model.tokenizer", $0) }
            case .defaultModel: nil
            }
        // A model's name on a hub leads to a path in the cache.
        guard let start, Folder.isMissing(ModelFinder().knownPath(of: start.path)) else { return nil }
        return start
    }
}
