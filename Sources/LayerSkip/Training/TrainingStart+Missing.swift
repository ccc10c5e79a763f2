import CheckpointFiles
import LanguageModels
import ModelTraining

extension TrainingStart {
    /// The start of a run that resumes after the model or tokenizer that its recipe names was moved or removed. The
    /// run's newest checkpoint has everything but the first weights, which a resumed run does not read.
    ///
    /// - Returns: nil where the recipe's start is there, or there is no checkpoint; otherwise the start, and a note for
    ///   people.
    /// - Throws: ``CheckpointError`` where the checkpoint lacks a file too, or has a wrong one.
    static func resuming(_ recipe: TrainingRecipe, shards: [TokenShard]) throws -> (start: Self, note: String)? {
        guard let missing = recipe.missingStart, let path = RunFolder.newestCheckpoint(in: recipe.output) else {
            return nil
        }
        let start: Self
        do {
            start = try Self(Checkpoint(path: path), shards)
        } catch let error as CheckpointError {
            throw CheckpointError(
                file: error.file, name: error.name,
                expected: "\(error.expected) (\(missing.key) is gone too: to resume, put \(missing.path) back)",
                found: error.found)
        }
        var note = "\(missing.key): nothing at \(missing.path); what was read from it is taken from \(path)"
        // They follow from constants in config.json, which were fitted to the factors of a GGUF file.
        if start.configuration.ropeFrequencyFactors != nil {
            note += ", with RoPE frequency factors whose last bits may differ"
        }
        return (start, note)
    }
}

extension TrainingRecipe {
    /// The key whose path the run would start from, and the path, where there is nothing at it.
    fileprivate var missingStart: (key: String, path: String)? {
        switch model.start {
        case .path(let path): Folder.isMissing(path) ? ("model.start", path) : nil
        case .random: model.tokenizer.flatMap { Folder.isMissing($0) ? ("model.tokenizer", $0) : nil }
        case .defaultModel: nil
        }
    }
}
