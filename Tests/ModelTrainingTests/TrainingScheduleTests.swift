import CheckpointFiles
import Foundation
import LanguageModels
import TestSupport
import Testing

@testable import ModelTraining

/// Runs that are extended, cut short, ended early, or whose newest checkpoint is damaged.
@Suite("Length of a training run")
struct TrainingScheduleTests {
    private let runs = TinyRuns()

    /// Three steps of warm-up, then a plateau, then a decay in the last four.
    private func recipe(
        _ name: String, steps: Int, decay: Int? = 4, _ change: (inout TrainingRecipe) -> Void = { _ in }
    ) -> TrainingRecipe {
        runs.recipe(name) {
            $0.steps = steps
            $0.rate.warmup = 3
            $0.rate.decay = decay == nil ? .constant : .linear
            $0.rate.decaySteps = decay
            $0.checkpoints.every = 5
            $0.checkpoints.keep = 1
            $0.validation.every = 4
            change(&$0)
        }
    }

    /// Runs up to a step, or to the end.
    private func run(_ recipe: TrainingRecipe, until stop: Int? = nil) throws {
        var run = try runs.run(recipe)
        var steps = run.step
        let outcome = try run.run(shouldStop: { steps == stop }) { if case .step(let step) = $0 { steps = step.step } }
        #expect(outcome == (stop.map { .stopped(step: $0) } ?? .finished))
    }

    private func expectSameBits(_ one: TrainingRecipe, _ other: TrainingRecipe) throws {
        for name in ["model.safetensors", "optimizer.safetensors"] {
            #expect(try runs.bytes(one, "newest/\(name)") == runs.bytes(other, "newest/\(name)"), "\(name)")
        }
    }

    private func checkpoints(_ recipe: TrainingRecipe) -> Set<String> {
        Set(runs.names("\(recipe.output)/checkpoints"))
    }

    @Test func theRateStaysAtThePeakBeforeTheDecay() {
        let rate = recipe("a", steps: 20).rate
        let rates = (0..<20).map { rate.rate(step: $0, of: 20) / rate.peak }
        #expect(rates[3...16].allSatisfy { $0 == 1 })
        for (step, expected) in [(0, 1.0 / 3), (17, 0.775), (18, 0.55), (19, 0.325)] {
            #expect(abs(rates[step] - expected) < 1e-12, "step \(step)")
        }
        // The first steps are those of any longer run.
        #expect((0...16).allSatisfy { rate.rate(step: $0, of: 20) == rate.rate(step: $0, of: 900) })
    }

    /// A run of 12 steps, stopped, extended past its decay, killed and extended again.
    @Test(arguments: [nil, 2, 7, 8, 10] as [Int?]) func anExtendedRunHasTheBitsOfOneMadeAtOnce(_ stop: Int?) throws {
        let whole = recipe("whole", steps: 20)
        try run(whole)
        let short = recipe("parts", steps: 12)
        if let stop { try run(short, until: stop) }
        try run(short)
        #expect(checkpoints(short).isSuperset(of: ["step-8", "step-12"]))
        try run(recipe("parts", steps: 17), until: 9)
        #expect(checkpoints(short).isSuperset(of: ["step-8", "step-9", "ended-step-12"]))
        let extended = recipe("parts", steps: 20)
        try run(extended, until: 14)
        try FileManager.default.removeItem(atPath: "\(extended.output)/newest")
        try run(extended)
        try expectSameBits(extended, whole)
        #expect(try runs.metrics(extended).last == runs.metrics(whole).last)
        // The end of the shorter run is still a model.
        _ = try StoredModel(ModelFiles(path: "\(short.output)/checkpoints/ended-step-12"))
    }

    @Test func aRunCanBeginToDecayEarlier() throws {
        let whole = recipe("whole", steps: 12)
        try run(whole)
        try run(recipe("parts", steps: 40), until: 8)
        try run(recipe("parts", steps: 12))
        try expectSameBits(recipe("parts", steps: 12), whole)
    }

    @Test func aRunWithAConstantRateCanGetMoreStepsOrADecay() throws {
        let whole = recipe("whole", steps: 15, decay: nil)
        try run(whole)
        for stop in [3, 6] {
            let parts = recipe("parts \(stop)", steps: 6, decay: nil)
            if stop < 6 { try run(parts, until: stop) }
            try run(parts)
            try run(recipe("parts \(stop)", steps: 9, decay: nil))
            let last = recipe("parts \(stop)", steps: 15, decay: nil)
            try run(last)
            try expectSameBits(last, whole)
        }
        let decayed = recipe("decayed", steps: 15)
        try run(decayed)
        try run(recipe("b", steps: 10, decay: nil))
        try run(recipe("b", steps: 15))
        try expectSameBits(recipe("b", steps: 15), decayed)
    }

    @Test func otherRunsCannotBeExtended() throws {
        func expectRefusal(_ name: String, _ change: @escaping (inout TrainingRecipe) -> Void) throws {
            try run(recipe(name, steps: 6, decay: nil, change))
            let error = #expect(throws: RecipeError.self) { try run(recipe(name, steps: 9, decay: nil, change)) }
            #expect(error?.key == "steps")
            #expect(error?.expected.contains("6, as when the run began") == true)
            // The refusal changes nothing.
            try run(recipe(name, steps: 6, decay: nil, change))
        }
        try expectRefusal("cosine") { $0.rate.decay = .cosine }
        try expectRefusal("dropout") { $0.dropout.time = .exponential }
        try expectRefusal("curriculum") { $0.exits.curriculum = .gradual }
    }

    @Test func decaysMustFit() {
        var recipe = recipe("a", steps: 20, decay: 17)
        recipe.data.training = ["a"]
        recipe.data.validation = ["a"]
        recipe.model.start = .path("a")
        #expect(throws: Never.self) { try recipe.check() }
        recipe.rate.decaySteps = 18
        let error = #expect(throws: RecipeError.self) { try recipe.check() }
        #expect(error?.key == "optimizer.decay_steps")
    }

    @Test func epochsBecomeSteps() throws {
        var recipe = recipe("a", steps: 1000)
        recipe.epochs = 2.5
        // 2.5 * 20 sequences, 6 of them in a step.
        try recipe.countSteps(sequencesPerEpoch: 20)
        #expect(recipe.steps == 9)
        recipe.epochs = 1e-6
        let error = #expect(throws: RecipeError.self) { try recipe.countSteps(sequencesPerEpoch: 20) }
        #expect(error?.key == "optimizer.warmup")
    }

    /// The newest checkpoint is damaged in every way; the one before continues to the same bits.
    @Test(arguments: ["model.safetensors", "optimizer.safetensors", "state.json"], [true, false])
    func aDamagedCheckpointIsNotUsed(_ name: String, _ isMissing: Bool) throws {
        let whole = recipe("whole", steps: 12)
        try run(whole)
        let parts = recipe("parts", steps: 12) { $0.checkpoints.keep = 2 }
        try run(parts, until: 11)
        let path = "\(parts.output)/checkpoints/step-11/\(name)"
        if isMissing {
            try FileManager.default.removeItem(atPath: path)
        } else {
            var bytes = try TextFile.bytes(path)
            bytes[bytes.count - 4] ^= 1
            try TextFile.write(bytes, to: path)
        }
        do {
            let resumed = try runs.run(parts)
            #expect(resumed.step == 10)
            #expect(resumed.origin.checkpointNotes.count == 1)
            #expect(resumed.origin.checkpointNotes.first?.contains("damaged-step-11") == true)
        }
        #expect(checkpoints(parts).contains("damaged-step-11"))
        try run(parts)
        try expectSameBits(parts, whole)
    }

    @Test func aRunEndsEarlyWhenTheLossNoLongerFalls() throws {
        func early(_ name: String) -> TrainingRecipe {
            recipe(name, steps: 40, decay: nil) {
                // A rate at which nothing is learned.
                $0.rate.peak = 0.9
                $0.optimizer.clip = 1
                $0.validation.patience = 2
                $0.validation.every = 3
            }
        }
        var run = try runs.run(early("a"))
        var losses: [Double] = []
        let outcome = try run.run(shouldStop: { false }) {
            if case .validation(let measured) = $0 { losses.append(measured.lastLoss) }
        }
        guard case .endedEarly(let step) = outcome else {
            Issue.record("\(outcome) with losses \(losses)")
            return
        }
        let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
        #expect(losses.count - 1 - best == 2)
        #expect(step == 3 * (losses.count - 1))
        #expect(checkpoints(early("a")).contains("step-\(step)"))
        _ = consume run
        // It is not continued, and a stopped run ends at the same step.
        var again = try runs.run(early("a"))
        #expect(try again.run(shouldStop: { false }) { _ in Issue.record("more work") } == outcome)
        _ = consume again
        do {
            var first = try runs.run(early("b"))
            var steps = 0
            _ = try first.run(shouldStop: { steps == step - 1 }) { if case .step(let step) = $0 { steps = step.step } }
        }
        var second = try runs.run(early("b"))
        #expect(try second.run(shouldStop: { false }) { _ in } == outcome)
        try expectSameBits(early("b"), early("a"))
    }

    @Test func validationBatchesHaveASizeOfTheirOwn() throws {
        let (one, many) = (
            recipe("one", steps: 4) { $0.validation.sequences = 1 },
            recipe("many", steps: 4) { $0.validation.sequences = 6 }
        )
        for recipe in [one, many] { try run(recipe) }
        func validations(_ recipe: TrainingRecipe) throws -> [TrainingMetrics] {
            try LineLog.lines(of: "\(recipe.output)/metrics.jsonl").compactMap { line in
                JSONText.decode(line: line).flatMap { (metrics: TrainingMetrics) in
                    if case .validation = metrics { metrics } else { nil }
                }
            }
        }
        // Two batches of one sequence each, or all six sequences.
        let (few, all) = (try validations(one), try validations(many))
        guard case .validation(let first) = few[0], case .validation(let second) = all[0] else {
            Issue.record("no validation")
            return
        }
        #expect(first.scoredTokens * 3 == second.scoredTokens)
        try expectSameBits(one, many)
    }
}
