import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Learned weights of tokens")
struct WeightNetworkTests {
    private let runs = TinyRuns()

    private func random(_ exits: Int, rows: Int, in range: ClosedRange<Double>, seed: UInt64) -> [[Double]] {
        var random = SeededGenerator(seed: seed)
        return (0..<exits).map { _ in (0..<rows).map { _ in Double.random(in: range, using: &random) } }
    }

    @Test func theGradientIsTheDerivative() {
        let losses = random(3, rows: 11, in: 0...6, seed: 1)
        let slopes = random(2, rows: 11, in: -1...1, seed: 2)
        let sequences = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 3]
        var network = WeightNetwork(exits: 2, seed: 7)
        #expect(network.isValid(exits: 2, steps: 0) && !network.isValid(exits: 1, steps: 0))
        #expect(network.weights(losses: losses, sequences: sequences).allSatisfy { $0.allSatisfy { $0 == 1 } })
        func quantity(_ network: WeightNetwork) -> Double {
            let weights = network.weights(losses: losses, sequences: sequences)
            return zip(weights, slopes).reduce(0) { $0 + zip($1.0, $1.1).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        // Steps away from the start, where the hidden layer has no effect.
        for _ in 0..<20 { network.step(network.gradient(slopes, losses: losses, sequences: sequences)) }
        #expect(quantity(network) < quantity(WeightNetwork(exits: 2, seed: 7)))
        let gradient = network.gradient(slopes, losses: losses, sequences: sequences)
        for index in network.values.indices {
            let distance = 1e-5
            let difference =
                quantity(network.moved(index, by: distance)) - quantity(network.moved(index, by: -distance))
            #expect(abs(difference / (2 * distance) - gradient[index]) < 1e-6, "value \(index)")
        }
        let weights = network.weights(losses: losses, sequences: sequences)
        #expect(weights.allSatisfy { $0.allSatisfy { $0 > 0 } })
    }

    private func exits(_ weighting: ExitWeighting) -> EarlyExitLoss {
        var exits = EarlyExitLoss()
        (exits.scale, exits.profile, exits.curriculum, exits.exits) = (1, .constant, .all, [1, 2])
        exits.weighting = weighting
        return exits
    }

    /// The measured gradient is that of products of whole gradients, token by token.
    @Test func theMeasuredGradientIsThatOfProducts() throws {
        let model = try TinyTraining.model()
        let source = CountingSource()
        let (batch, other) = (
            source.batch(at: DataPlace(), sequences: 2), source.batch(at: DataPlace(index: 9), sequences: 3)
        )
        let moment = LayerDropout.Step(seed: 5, step: 0, of: 10, layerCount: 4)
        var objective = Objective(dropout: LayerDropout(), exits: exits(.learned), recompute: false)
        objective.network = WeightNetwork(exits: 2, seed: 1)
        let bits = model.bits
        let learner = WeightLearner(objective, model, teacher: nil)
        let (gradients, losses) = try #require(
            learner.measure(on: [GroupPart(batch: batch, first: 0)], other: other, at: moment))
        #expect(model.bits == bits && model.gradients.isEmpty)
        #expect(losses.weights.allSatisfy { abs($0 - 1.0 / 3) < 1e-12 })
        func gradient(_ exits: EarlyExitLoss, _ batch: TrainingBatch) -> [String: [Float]] {
            defer { model.parameters.forEach { $0.discardGradient() } }
            _ = Objective(dropout: LayerDropout(), exits: exits, recompute: false).addGradients(
                of: batch, to: model, first: 0, scored: batch.scoredCount, at: moment)
            return model.gradients
        }
        var plain = exits(.uniform)
        plain.trainsLast = false
        let outcome = gradient(plain, other)
        for (index, exit) in [1, 2].enumerated() {
            plain.exits = [exit]
            var expected: [Float] = []
            for row in batch.scoredRows {
                var targets = Array(repeating: TrainingBatch.unscored, count: batch.targets.count)
                targets[Int(row)] = batch.targets[Int(row)]
                let token = gradient(
                    plain, TrainingBatch(sequences: 2, length: 8, tokens: batch.tokens, targets: targets))
                let product = token.reduce(0.0) { sum, pair in
                    zip(pair.value, outcome[pair.key] ?? []).reduce(sum) { $0 + Double($1.0) * Double($1.1) }
                }
                expected.append(Float(-product / 3))
            }
            #expect(relativeError(gradients[index].map { Float($0) }, expected) < 0.02)
        }
    }

    private func recipe(_ name: String, _ weighting: ExitWeighting) -> TrainingRecipe {
        runs.recipe(name) {
            $0.exits = exits(weighting)
            $0.exits.weightingEvery = 2
        }
    }

    @Test func runsResumeToTheSameBits() throws {
        let (whole, parts, uniform) = (recipe("a", .learned), recipe("b", .learned), recipe("c", .uniform))
        for recipe in [whole, uniform] {
            var run = try runs.run(recipe)
            #expect(try run.run(shouldStop: { false }) { _ in } == .finished)
        }
        for stop in [3, 4, 6] {
            var run = try runs.run(parts)
            var steps = 0
            _ = try run.run(shouldStop: { steps == stop }) { if case .step(let step) = $0 { steps = step.step } }
        }
        for name in ["model.safetensors", "optimizer.safetensors"] {
            #expect(try runs.bytes(parts, "newest/\(name)") == runs.bytes(whole, "newest/\(name)"), "\(name)")
        }
        #expect(try runs.bytes(uniform, "newest/model.safetensors") != runs.bytes(whole, "newest/model.safetensors"))
        let state = try TrainingState(checkpoint: "\(whole.output)/newest", step: 6)
        let network = try #require(state.weighting)
        #expect(try TrainingState(checkpoint: "\(parts.output)/newest", step: 6).weighting == network)
        #expect(network.isValid(exits: 2, steps: 6) && network.values != WeightNetwork(exits: 2, seed: 1).values)
        // A network for another number of exits is not believed.
        var other = state
        other.weighting = WeightNetwork(exits: 3, seed: 1)
        var overflowing = network
        overflowing.updates = .max
        for weighting in [other.weighting, overflowing, nil] {
            other.weighting = weighting
            #expect(throws: CheckpointError.self) { try other.checkWeighting(exits: 2, path: "a") }
        }
    }

    @Test func whatDoesNotGoTogetherIsRefused() throws {
        var recipe = TrainingRecipe()
        recipe.output = "a"
        recipe.data.training = ["a"]
        recipe.data.validation = ["b"]
        recipe.model.start = .path("a")
        recipe.exits = exits(.learned)
        try recipe.check()
        #expect(throws: RecipeError.self) { try recipe.check(processCount: 2, groupCount: 8) }
        // No early exit has a weight to learn.
        var last = recipe
        last.exits.exits = [4]
        #expect(throws: RecipeError.self) { try last.check(layerCount: 4, contextLength: 1024) }
        try recipe.check(processCount: 1, groupCount: 8)
        recipe.exits.target = .model
        #expect(throws: RecipeError.self) { try recipe.check() }
        recipe.exits.teacher = .path("b")
        try recipe.check()
        recipe.exits.curriculum = .gradual
        #expect(throws: RecipeError.self) { try recipe.check() }
    }
}
