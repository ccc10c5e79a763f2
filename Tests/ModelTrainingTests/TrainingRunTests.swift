import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Training run")
struct TrainingRunTests {
    private let runs = TinyRuns()

    @Test func aRunLeavesCheckpointsMetricsAndAReport() throws {
        let recipe = runs.recipe("a")
        var run = try runs.run(recipe)
        var events: [String] = []
        let outcome = try run.run(shouldStop: { false }) { event in
            switch event {
            case .step(let step): events.append("s\(step.step)")
            case .validation(let validation): events.append("v\(validation.step)")
            case .checkpoint(let path):
                events.append("c" + path.split(separator: "-")[path.split(separator: "-").count - 1])
            }
        }
        #expect(outcome == .finished)
        #expect(events == ["v0", "s1", "s2", "v2", "c2", "s3", "s4", "v4", "c4", "s5", "s6", "v6", "c6"])
        #expect(
            runs.names(recipe.output) == [
                "best", "checkpoints", "events.out.tfevents.layerskip", "metrics.jsonl", "newest", "report.html",
            ])
        #expect(
            runs.names("\(recipe.output)/newest") == [
                "config.json", "model.safetensors", "optimizer.safetensors", "state.json", "tokenizer.json",
            ])
        #expect(try runs.metrics(recipe).count == 6 + 4)
        #expect(try runs.bytes(recipe, "report.html").count > 1000)
    }

    @Test func theCheckpointIsAModelFolderOfTheTrainedWeights() throws {
        let recipe = runs.recipe("a")
        var run = try runs.run(recipe)
        _ = try run.run(shouldStop: { false }) { _ in }
        var trainer = try TinyTraining.trainer(recipe)
        for _ in 0..<6 { _ = try trainer.makeStep() }
        let stored = try StoredModel(ModelFiles(ModelFolder(path: "\(recipe.output)/newest")))
        #expect(stored.configuration == TinyTraining.configuration)
        for tensor in trainer.model.tensors {
            let found = try stored.source.tensor(named: tensor.name, shape: tensor.shape).vector().values
            #expect(found == tensor.values.values, "\(tensor.name)")
        }
    }

    @Test func theNewestFewAndTheBestAreKept() throws {
        let recipe = runs.recipe("a") {
            $0.steps = 20
            $0.checkpoints.every = 1
            $0.checkpoints.keep = 3
            $0.validation.every = 5
        }
        var losses: [Int: Double] = [:]
        var run = try runs.run(recipe)
        _ = try run.run(shouldStop: { false }) { event in
            if case .validation(let validation) = event, validation.step > 0 {
                losses[validation.step] = validation.lastLoss
            }
        }
        let best = try #require(losses.min { $0.value < $1.value }?.key)
        let expected = Set([18, 19, 20, best].map { "step-\($0)" })
        #expect(Set(runs.names("\(recipe.output)/checkpoints")) == expected)
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(recipe.output)/best")
        #expect(link == "checkpoints/step-\(best)")
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        let first = try runs.run(runs.recipe("a"))
        let error = #expect(throws: FileError.self) { try runs.run(runs.recipe("a")) }
        #expect(error?.found == "one that is in use")
        withExtendedLifetime(first) {}
    }

    @Test func aNumberThatIsNoneLeavesTheLastCheckpoint() throws {
        // A learning rate that makes weights overflow f32 within a few steps.
        let recipe = runs.recipe("a") {
            $0.validation.every = 0
            $0.checkpoints.every = 1
            $0.steps = 400
            $0.rate.peak = 1
            $0.optimizer.weightDecay = 1
            $0.optimizer.beta2 = 0
            $0.optimizer.beta1 = 0.999
            $0.optimizer.epsilon = 1e-30
            $0.optimizer.clip = 0
        }
        var run = try runs.run(recipe)
        var saved: [String] = []
        #expect(throws: TrainingError.self) {
            try run.run(shouldStop: { false }) { if case .checkpoint(let path) = $0 { saved.append(path) } }
        }
        let last = try #require(saved.last)
        for folder in [last, "\(recipe.output)/newest"] {
            #expect(runs.names(folder).contains("state.json") && runs.names(folder).contains("model.safetensors"))
        }
    }

    @Test func aFrozenModelHasNothingToTrain() throws {
        #expect(throws: TrainingError.nothingToTrain) {
            try runs.run(
                runs.recipe("a") {
                    $0.freeze.embedding = true
                    $0.freeze.head = true
                    $0.freeze.layers = LayerSet("0-3") ?? LayerSet()
                })
        }
    }
}
