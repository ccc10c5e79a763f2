import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Resumed training run")
struct TrainingRunResumptionTests {
    private let runs = TinyRuns()

    @Test(arguments: [(1, .llama), (3, .llama), (4, .llama), (3, .qwen2), (3, .qwen3)] as [(Int, Architecture)])
    func aStoppedRunGoesOnToTheSameBits(_ stop: Int, of architecture: Architecture) throws {
        let (whole, parts) = (runs.recipe("whole"), runs.recipe("parts"))
        func run(_ recipe: TrainingRecipe) throws -> TrainingRun { try runs.run(recipe, architecture) }
        var first = try runs.run(whole)
        #expect(try first.run(shouldStop: { false }) { _ in } == .finished)
        do {
            var second = try runs.run(parts)
            var steps = 0
            let outcome = try second.run(shouldStop: { steps == stop }) { event in
                if case .step(let step) = event { steps = step.step }
            }
            #expect(outcome == .stopped(step: stop))
            #expect(runs.names("\(parts.output)/newest").contains("state.json"))
        }
        do {
            var third = try runs.run(parts)
            #expect(third.step == stop)
            #expect(try third.run(shouldStop: { false }) { _ in } == .finished)
        }
        for name in ["model.safetensors", "optimizer.safetensors"] {
            #expect(try runs.bytes(parts, "newest/\(name)") == runs.bytes(whole, "newest/\(name)"), "\(name)")
        }
        #expect(try runs.metrics(parts) == runs.metrics(whole))
        #expect(try runs.bytes(parts, "best/model.safetensors") == runs.bytes(whole, "best/model.safetensors"))
        // A finished run is not repeated.
        var fourth = try runs.run(parts)
        #expect(try fourth.run(shouldStop: { false }) { _ in Issue.record("more work") } == .finished)
    }

    @Test func whatAKilledRunLeftHalfDoneIsClearedAway() throws {
        let recipe = runs.recipe("a")
        do {
            var run = try runs.run(recipe)
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
        var rest = try runs.run(recipe)
        #expect(rest.step == 4)
        #expect(runs.names("\(recipe.output)/checkpoints") == ["step-2", "step-4"])
        #expect(runs.names("\(recipe.output)/checkpoints/step-4").count == 5)
        #expect(
            runs.names(recipe.output) == [
                "best", "checkpoints", "events.out.tfevents.layerskip", "metrics.jsonl", "newest", "report.html",
            ])
        _ = try rest.run(shouldStop: { false }) { _ in }
        #expect(try runs.metrics(recipe).count == 6 + 4)
        #expect(try runs.metrics(recipe).allSatisfy { !$0.contains("\"loss\":9") })
    }

    @Test func aRunThatWasKilledAfterItsLastCheckpointIsFinished() throws {
        let recipe = runs.recipe("a")
        do {
            var run = try runs.run(recipe)
            _ = try run.run(shouldStop: { false }) { _ in }
        }
        try Folder.link("\(recipe.output)/newest", to: "checkpoints/step-4")
        var again = try runs.run(recipe)
        #expect(try again.run(shouldStop: { false }) { _ in } == .finished)
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(recipe.output)/newest")
        #expect(link == "checkpoints/step-6")
    }

    @Test func aRunSaysWhereItBeginsAndWhoseArithmeticThatWas() throws {
        let recipe = runs.recipe("a") { $0.steps = 4 }
        do {
            var first = try runs.run(recipe)
            #expect(first.origin == TrainingOrigin())
            var steps = 0
            _ = try first.run(shouldStop: { steps == 3 }) { if case .step(let step) = $0 { steps = step.step } }
        }
        #expect(try runs.run(recipe).origin == TrainingOrigin(step: 3))
        let path = "\(recipe.output)/checkpoints/step-3/state.json"
        let bytes = try runs.bytes(recipe, "checkpoints/step-3/state.json")
        let state = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        let arithmetic = try KernelTable.selected().arithmetic(.f32)
        #expect(state?["arithmetic"] as? String == arithmetic)
        // As an older version or another kind of machine wrote it. It stays if only a validation is new.
        for written: String? in [nil, "other"] {
            var changed = try #require(state)
            changed["arithmetic"] = written
            try JSONSerialization.data(withJSONObject: changed).write(to: URL(filePath: path))
            #expect(try runs.run(recipe).origin == TrainingOrigin(step: 3, otherArithmetic: written))
        }
        do {
            var rest = try runs.run(runs.recipe("a") { ($0.steps, $0.validation.every) = (4, 3) })
            var isValidated = false
            _ = try rest.run(shouldStop: { isValidated }) { if case .validation = $0 { isValidated = true } }
        }
        #expect(try runs.run(recipe).origin == TrainingOrigin(step: 3, otherArithmetic: "other"))
        do {
            var rest = try runs.run(recipe)
            _ = try rest.run(shouldStop: { false }) { _ in }
        }
        #expect(try runs.run(recipe).origin == TrainingOrigin(step: 4))
    }

    @Test func aChangedRecipeOrTokenizerIsRefused() throws {
        let recipe = runs.recipe("a") { $0.steps = 2 }
        var first: TrainingRun? = try runs.run(recipe)
        _ = try first?.run(shouldStop: { false }) { _ in }
        first = nil
        let error = #expect(throws: RecipeError.self) { try runs.run(runs.recipe("a") { $0.steps = 3 }) }
        #expect(error?.key == "steps" && error?.found == "3")
        #expect(error?.expected.hasPrefix("2, as when the run began (all of its steps depend on their number") == true)
        let other = #expect(throws: CheckpointError.self) { try runs.run(recipe, fingerprint: 8) }
        #expect(other?.name == "tokenizer")
        _ = try runs.run(
            runs.recipe("a") {
                $0.steps = 2
                $0.checkpoints.keep = 5
                $0.threads = 2
            })
    }

    @Test func damagedCheckpointsAreNamed() throws {
        let recipe = runs.recipe("a") { $0.steps = 2 }
        var first: TrainingRun? = try runs.run(recipe)
        _ = try first?.run(shouldStop: { false }) { _ in }
        first = nil
        for name in ["state.json", "optimizer.safetensors", "model.safetensors", "config.json"] {
            let path = "\(recipe.output)/checkpoints/step-2/\(name)"
            let whole = try TextFile.bytes(path)
            try TextFile.write(Array(whole.dropLast(whole.count / 2)), to: path)
            let error = #expect(throws: CheckpointError.self) { try runs.run(recipe) }
            #expect(error?.file == path, "\(error as Any)")
            try TextFile.write(whole, to: path)
        }
        _ = try runs.run(recipe)
    }
}
