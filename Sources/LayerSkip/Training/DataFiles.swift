import CheckpointFiles
import ModelTraining

/// The files of tokens that a recipe's `data` names: each entry is a file, a folder of `.tokens` files, or a pattern.
struct DataFiles {
    /// For each entry of `data.training`, its files.
    let training: [[String]]
    let validation: [String]

    /// Finds the files of a recipe.
    ///
    /// - Throws: ``RecipeError`` if a folder or a pattern has no file; ``FileError`` if a folder cannot be read.
    init(_ recipe: TrainingRecipe) throws {
        training = try recipe.data.training.map { try Self.files(of: $0, key: "data.training") }
        validation = try recipe.data.validation.flatMap { try Self.files(of: $0, key: "data.validation") }
    }

    private static func files(of entry: String, key: String) throws -> [String] {
        if Folder.exists(entry) {
            let files = try Folder.entries(of: entry).filter {
                $0.kind == .file && !$0.isHidden && $0.name.hasSuffix(".tokens")
            }
            guard !files.isEmpty else {
                throw RecipeError(key: key, expected: "a folder with files named .tokens", found: "none in \(entry)")
            }
            return files.map(\.path)
        }
        // A file's own name may look like a pattern.
        guard entry.contains(where: { "*?[".contains($0) }), Folder.isMissing(entry) else { return [entry] }
        let files = Folder.paths(matching: entry).filter { !Folder.exists($0) }
        guard !files.isEmpty else {
            throw RecipeError(key: key, expected: "at least one file that matches \(entry)", found: "none")
        }
        return files
    }

    /// The parts of the training data that are mixed by weights; nil without weights.
    func parts(_ weights: [Double]?) -> [DataMixture.Part]? {
        weights.map { zip(training, $0).map { DataMixture.Part(shards: $0.count, weight: $1) } }
    }

    /// Checks that no validation data is training data: neither the same file nor one with the same content.
    ///
    /// - Throws: ``RecipeError``.
    static func checkApart(training: [TokenShard], validation: [TokenShard]) throws(RecipeError) {
        for shard in validation {
            let identity = Folder.identity(of: shard.path)
            for other in training {
                let isSameFile = identity != nil && Folder.identity(of: other.path) == identity
                // Only files with as many tokens have to be read.
                guard
                    isSameFile
                        || other.tokenCount == shard.tokenCount && other.documents == shard.documents
                            && other.content == shard.content
                else { continue }
                throw RecipeError(
                    key: "data.validation",
                    expected: "data that is not trained on, unlike \(shard.path) (split the texts before "
                        + "prepare-data, or use validation.every=0)",
                    found: isSameFile ? "a file of data.training" : "the content of \(other.path)")
            }
        }
    }
}
