import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Runs of tiny models, in a folder that is removed with the last reference.
struct TinyRuns {
    private let folder = TemporaryFolder()

    func recipe(_ name: String, _ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
        TinyTraining.recipe {
            $0.output = folder.file(name)
            $0.steps = 6
            change(&$0)
        }
    }

    func run(
        _ recipe: TrainingRecipe, _ architecture: Architecture = .llama, fingerprint: UInt64 = 7
    ) throws -> TrainingRun {
        let model = TinyTraining.configuration(of: architecture)
        let configuration = HuggingFaceConfiguration(model: model, tiesHead: true)
        var start = TrainingStart(
            StoredModel(model, RandomInitializer(seed: 3, model, isTied: true)), tokenizerFingerprint: fingerprint,
            vocabularySize: 40
        ) { folder in
            let path = folder.path(for: ModelFolder.Name.configuration)
            try TextFile.write(configuration.json(file: path), to: path)
            try TextFile.write(Array("{}".utf8), to: folder.path(for: ModelFolder.Name.tokenizer))
        }
        start.base = "the base"
        return try TrainingRun(
            recipe, from: start, training: CountingSource(), validation: CountingSource(sequencesPerEpoch: 6),
            on: ComputeContext(threads: 1))
    }

    func bytes(_ recipe: TrainingRecipe, _ name: String) throws -> Foundation.Data {
        try Foundation.Data(contentsOf: URL(filePath: "\(recipe.output)/\(name)"))
    }

    func names(_ path: String) -> [String] { Folder.names(in: path) }

    /// A run's lines, without the values of steps that depend on time.
    func metrics(_ recipe: TrainingRecipe) throws -> [String] {
        try LineLog.lines(of: "\(recipe.output)/metrics.jsonl").map { line in
            let text = String(decoding: line, as: UTF8.self)
            return text.replacing(/"tokens_per_second":[^,}]*/, with: "")
        }
    }
}
