import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Training run")
struct TrainingRunTests {
    private let place = FileManager.default.temporaryDirectory.appending(path: "layerskip-run-\(UUID().uuidString)")

    private func recipe(_ name: String, _ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
        TinyTraining.recipe {
            $0.output = place.appending(path: name).path(percentEncoded: false)
            $0.steps = 6
            change(&$0)
        }
    }

    private func run(
        _ recipe: TrainingRecipe, _ architecture: Architecture = .llama, fingerprint: UInt64 = 7
    ) throws -> TrainingRun {
        let model = TinyTraining.configuration(of: architecture)
        let configuration = HuggingFaceConfiguration(model: model, tiesHead: true)
        let start = TrainingStart(
            StoredModel(model, RandomInitializer(seed: 3, model, isTied: true)), tokenizerFingerprint: fingerprint,
            vocabularySize: 40
        ) { folder in
            let path = folder.path(for: ModelFolder.Name.configuration)
            try TextFile.write(configuration.json(file: path), to: path)
            try TextFile.write(Array("{}".utf8), to: folder.path(for: ModelFolder.Name.tokenizer))
        }
        return try TrainingRun(
            recipe, from: start, training: CountingSource(), validation: CountingSource(sequencesPerEpoch: 6),
            on: ComputeContext(threads: 1))
    }

    private func bytes(_ recipe: TrainingRecipe, _ name: String) throws -> Foundation.Data {
        try Foundation.Data(contentsOf: URL(filePath: "\(recipe.output)/\(name)"))
    }

    private func names(_ path: String) -> [String] { Folder.names(in: path) }

    /// A run's lines, without the values of steps that depend on time.
    private func metrics(_ recipe: TrainingRecipe) throws -> [String] {
        try LineLog.lines(of: "\(recipe.output)/metrics.jsonl").map { line in
            let text = String(decoding: line, as: UTF8.self)
            return text.replacing(/"tokens_per_second":[^,}]*/, with: "")
        }
    }

    @Test func aRunLeavesCheckpointsMetricsAndAReport() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a")
        var run = try run(recipe)
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
        #expect(names(recipe.output) == ["best", "checkpoints", "metrics.jsonl", "newest", "report.html"])
        #expect(
            names("\(recipe.output)/newest") == [
                "config.json", "model.safetensors", "optimizer.safetensors", "state.json", "tokenizer.json",
            ])
        #expect(try metrics(recipe).count == 6 + 4)
        #expect(try bytes(recipe, "report.html").count > 1000)
    }

    @Test func theCheckpointIsAModelFolderOfTheTrainedWeights() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a")
        var run = try run(recipe)
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

    @Test(arguments: [(1, .llama), (3, .llama), (4, .llama), (3, .qwen2), (3, .qwen3)] as [(Int, Architecture)])
    func aStoppedRunGoesOnToTheSameBits(_ stop: Int, of architecture: Architecture) throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let (whole, parts) = (recipe("whole"), recipe("parts"))
        func run(_ recipe: TrainingRecipe) throws -> TrainingRun { try self.run(recipe, architecture) }
        var first = try run(whole)
        #expect(try first.run(shouldStop: { false }) { _ in } == .finished)
        do {
            var second = try run(parts)
            var steps = 0
            let outcome = try second.run(shouldStop: { steps == stop }) { event in
                if case .step(let step) = event { steps = step.step }
            }
            #expect(outcome == .stopped(step: stop))
            #expect(names("\(parts.output)/newest").contains("state.json"))
        }
        do {
            var third = try run(parts)
            #expect(third.step == stop)
            #expect(try third.run(shouldStop: { false }) { _ in } == .finished)
        }
        for name in ["model.safetensors", "optimizer.safetensors"] {
            #expect(try bytes(parts, "newest/\(name)") == bytes(whole, "newest/\(name)"), "\(name)")
        }
        #expect(try metrics(parts) == metrics(whole))
        #expect(try bytes(parts, "best/model.safetensors") == bytes(whole, "best/model.safetensors"))
        // A finished run is not repeated.
        var fourth = try run(parts)
        #expect(try fourth.run(shouldStop: { false }) { _ in Issue.record("more work") } == .finished)
    }

    @Test func whatAKilledRunLeftHalfDoneIsClearedAway() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a")
        do {
            var run = try run(recipe)
            var steps = 0
            _ = try run.run(shouldStop: { steps == 4 }) { if case .step(let step) = $0 { steps = step.step } }
        }
        let half = "\(recipe.output)/checkpoints/step-5.123-4.partial"
        try Folder.make(half)
        try TextFile.write([1, 2, 3], to: "\(half)/model.safetensors")
        try TextFile.write([1, 2, 3], to: "\(recipe.output)/report.html.123-4.partial")
        // An unfinished link, still under its temporary name, to a checkpoint that must stay.
        try Folder.link("\(recipe.output)/newest.123-4.partial", to: "checkpoints/step-4")
        let log = FileHandle(forWritingAtPath: "\(recipe.output)/metrics.jsonl")
        _ = try log?.seekToEnd()
        // A line for a step after the checkpoint, and half a line.
        let step = #"{"step":5,"loss":9,"last_loss":9,"norm":1,"rate":1,"tokens":1,"tokens_per_second":1}"#
        try log?.write(contentsOf: Foundation.Data("\(step)\n{\"step\":5,\"lo".utf8))
        var rest = try run(recipe)
        #expect(rest.step == 4)
        #expect(names("\(recipe.output)/checkpoints") == ["step-2", "step-4"])
        #expect(names("\(recipe.output)/checkpoints/step-4").count == 5)
        #expect(names(recipe.output) == ["best", "checkpoints", "metrics.jsonl", "newest", "report.html"])
        _ = try rest.run(shouldStop: { false }) { _ in }
        #expect(try metrics(recipe).count == 6 + 4)
        #expect(try metrics(recipe).allSatisfy { !$0.contains("\"loss\":9") })
    }

    @Test func aRunThatWasKilledAfterItsLastCheckpointIsFinished() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a")
        do {
            var run = try run(recipe)
            _ = try run.run(shouldStop: { false }) { _ in }
        }
        try Folder.link("\(recipe.output)/newest", to: "checkpoints/step-4")
        var again = try run(recipe)
        #expect(try again.run(shouldStop: { false }) { _ in } == .finished)
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(recipe.output)/newest")
        #expect(link == "checkpoints/step-6")
    }

    @Test func theNewestFewAndTheBestAreKept() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a") {
            $0.steps = 20
            $0.checkpoints.every = 1
            $0.checkpoints.keep = 3
            $0.validation.every = 5
        }
        var losses: [Int: Double] = [:]
        var run = try run(recipe)
        _ = try run.run(shouldStop: { false }) { event in
            if case .validation(let validation) = event, validation.step > 0 {
                losses[validation.step] = validation.lastLoss
            }
        }
        let best = try #require(losses.min { $0.value < $1.value }?.key)
        let expected = Set([18, 19, 20, best].map { "step-\($0)" })
        #expect(Set(names("\(recipe.output)/checkpoints")) == expected)
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(recipe.output)/best")
        #expect(link == "checkpoints/step-\(best)")
    }

    @Test func aRunSaysWhereItBeginsAndWhoseArithmeticThatWas() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a") { $0.steps = 4 }
        do {
            var first = try run(recipe)
            #expect(first.origin == TrainingOrigin())
            var steps = 0
            _ = try first.run(shouldStop: { steps == 3 }) { if case .step(let step) = $0 { steps = step.step } }
        }
        #expect(try run(recipe).origin == TrainingOrigin(step: 3))
        let path = "\(recipe.output)/checkpoints/step-3/state.json"
        let bytes = try bytes(recipe, "checkpoints/step-3/state.json")
        let state = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let arithmetic = try KernelTable.selected().arithmetic(.f32)
        #expect(state?["arithmetic"] as? String == arithmetic)
        // As an older version or another kind of machine wrote it. It stays if only a validation is new.
        for written: String? in [nil, "other"] {
            var changed = try #require(state)
            changed["arithmetic"] = written
            try JSONSerialization.data(withJSONObject: changed).write(to: URL(filePath: path))
            #expect(try run(recipe).origin == TrainingOrigin(step: 3, otherArithmetic: written))
        }
        do {
            var rest = try run(self.recipe("a") { ($0.steps, $0.validation.every) = (4, 3) })
            var isValidated = false
            _ = try rest.run(shouldStop: { isValidated }) { if case .validation = $0 { isValidated = true } }
        }
        #expect(try run(recipe).origin == TrainingOrigin(step: 3, otherArithmetic: "other"))
        do {
            var rest = try run(recipe)
            _ = try rest.run(shouldStop: { false }) { _ in }
        }
        #expect(try run(recipe).origin == TrainingOrigin(step: 4))
    }

    @Test func aChangedRecipeOrTokenizerIsRefused() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a") { $0.steps = 2 }
        var first: TrainingRun? = try run(recipe)
        _ = try first?.run(shouldStop: { false }) { _ in }
        first = nil
        let error = #expect(throws: RecipeError.self) { try run(self.recipe("a") { $0.steps = 3 }) }
        #expect(error == RecipeError(key: "steps", expected: "2, as when the run began", found: "3"))
        let other = #expect(throws: CheckpointError.self) { try run(recipe, fingerprint: 8) }
        #expect(other?.name == "tokenizer")
        _ = try run(
            self.recipe("a") {
                $0.steps = 2
                $0.checkpoints.keep = 5
                $0.threads = 2
            })
    }

    @Test func twoRunsDoNotShareAFolder() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let first = try run(recipe("a"))
        let error = #expect(throws: FileError.self) { try run(recipe("a")) }
        #expect(error?.found == "one that is in use")
        withExtendedLifetime(first) {}
    }

    @Test func aNumberThatIsNoneLeavesTheLastCheckpoint() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        // A learning rate that makes weights overflow f32 within a few steps.
        let recipe = recipe("a") {
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
        var run = try run(recipe)
        var saved: [String] = []
        #expect(throws: TrainingError.self) {
            try run.run(shouldStop: { false }) { if case .checkpoint(let path) = $0 { saved.append(path) } }
        }
        let last = try #require(saved.last)
        for folder in [last, "\(recipe.output)/newest"] {
            #expect(names(folder).contains("state.json") && names(folder).contains("model.safetensors"))
        }
    }

    @Test func damagedCheckpointsAreNamed() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = recipe("a") { $0.steps = 2 }
        var first: TrainingRun? = try run(recipe)
        _ = try first?.run(shouldStop: { false }) { _ in }
        first = nil
        for name in ["state.json", "optimizer.safetensors", "model.safetensors", "config.json"] {
            let path = "\(recipe.output)/checkpoints/step-2/\(name)"
            let whole = try TextFile.bytes(path)
            try TextFile.write(Array(whole.dropLast(whole.count / 2)), to: path)
            let error = #expect(throws: CheckpointError.self) { try run(recipe) }
            #expect(error?.file == path, "\(error as Any)")
            try TextFile.write(whole, to: path)
        }
        _ = try run(recipe)
    }

    @Test func aFrozenModelHasNothingToTrain() throws {
        defer { try? FileManager.default.removeItem(at: place) }
        #expect(throws: TrainingError.nothingToTrain) {
            try run(
                recipe("a") {
                    $0.freeze.embedding = true
                    $0.freeze.head = true
                    $0.freeze.layers = LayerSet("0-3") ?? LayerSet()
                })
        }
    }
}
