import LanguageModels
import TensorCore
import Testing

@testable import ModelTraining

@Suite("Trainer")
struct TrainerTests {
    private func trained(_ recipe: TrainingRecipe, steps: Int, threads: Int = 1) throws -> Trainer<Transformer> {
        var trainer = try TinyTraining.trainer(recipe, threads: threads)
        for _ in 0..<steps { _ = try trainer.makeStep() }
        return trainer
    }

    @Test func itLearns() throws {
        var trainer = try TinyTraining.trainer(TinyTraining.recipe { $0.steps = 60 })
        let first = try #require(try trainer.makeStep())
        var last = first
        while trainer.step < 60 { last = try #require(try trainer.makeStep()) }
        let losses = (try #require(first.lastLoss), try #require(last.lastLoss))
        #expect(abs(losses.0 - 3.69) < 0.1, "ln 40 at the start, found \(losses.0)")
        #expect(losses.1 < 1.5)
        #expect(last.step == 60)
        #expect(last.tokens == 60 * 48)
    }

    @Test func threadsChangeNoBit() throws {
        let one = try trained(TinyTraining.recipe(), steps: 3)
        let four = try trained(TinyTraining.recipe(), steps: 3, threads: 4)
        #expect(one.model.bits == four.model.bits)
    }

    @Test func eachStepReadsOn() throws {
        var trainer = try TinyTraining.trainer(TinyTraining.recipe())
        #expect(trainer.place == DataPlace())
        _ = try trainer.makeStep()
        #expect(trainer.place == DataPlace(index: 6))
        for _ in 0..<3 { _ = try trainer.makeStep() }
        // 24 sequences have been read, and an epoch has 20.
        #expect(trainer.place == DataPlace(epoch: 1, index: 4))
    }

    @Test func aTrainerGoesOnWhereAnotherWas() throws {
        let recipe = TinyTraining.recipe { $0.steps = 8 }
        let whole = try trained(recipe, steps: 6)
        let half = try trained(recipe, steps: 3)
        var rest = Trainer(
            recipe, model: half.model, data: CountingSource(), moments: half.optimizer.moments, step: half.step,
            place: half.place)
        for _ in 0..<3 { _ = try rest.makeStep() }
        #expect(rest.model.bits == whole.model.bits)
    }

    @Test func clippingShortensTheStepAndReportsTheWholeNorm() throws {
        // By hand: without decay the first step of AdamW is rate * g / (|g| + epsilon), so scaling g has an effect only
        // with a large epsilon.
        func weights(clip: Double) throws -> ([Float], norm: Double) {
            let recipe = TinyTraining.recipe {
                $0.optimizer.clip = clip
                $0.optimizer.epsilon = 1e3
                $0.rate.peak = 1
                $0.optimizer.weightDecay = 0
            }
            var trainer = try TinyTraining.trainer(recipe)
            let measured = try #require(try trainer.makeStep())
            return (trainer.model.tensors[0].values.values, measured.norm)
        }
        let start = try TinyTraining.model().tensors[0].values.values
        let free = try weights(clip: 0)
        let clipped = try weights(clip: free.norm / 4)
        #expect(free.norm == clipped.norm)
        let index = try #require(start.indices.max { abs(free.0[$0] - start[$0]) < abs(free.0[$1] - start[$1]) })
        let ratio = (clipped.0[index] - start[index]) / (free.0[index] - start[index])
        #expect(abs(ratio - 0.25) < 0.02, "\(ratio)")
        #expect(try weights(clip: free.norm * 2).0 == free.0)
    }

    @Test func whatIsNotFiniteStopsBeforeTheStep() throws {
        let model = try TinyTraining.model(weights: MovedWeights(base: TinyTraining.weights, step: .nan))
        var trainer = Trainer(TinyTraining.recipe(), model: model, data: CountingSource())
        let error = #expect(throws: TrainingError.self) { try trainer.makeStep() }
        guard case .notFinite(let step, let place, _, _)? = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(step == 1)
        #expect(place == DataPlace())
        #expect(trainer.step == 0)
        #expect(model.gradients.isEmpty)
    }

    @Test func stoppedWithinAStepNothingHasChanged() throws {
        var trainer = try trained(TinyTraining.recipe(), steps: 1)
        let before = trainer.model.bits
        var asked = 0
        let measured = try trainer.makeStep {
            asked += 1
            return asked == 2
        }
        #expect(measured == nil)
        #expect(trainer.model.bits == before)
        #expect(trainer.step == 1)
        #expect(trainer.model.gradients.isEmpty)
        // The abandoned step leaves no trace.
        _ = try trainer.makeStep()
        #expect(trainer.model.bits == (try trained(TinyTraining.recipe(), steps: 2)).model.bits)
    }

    @Test func frozenPartsStayAsTheyAre() throws {
        let model = try TinyTraining.model(frozen: FrozenParts(layers: [0], embedding: true, head: true))
        let before = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, $0.values.values) })
        var trainer = Trainer(TinyTraining.recipe(), model: model, data: CountingSource())
        for _ in 0..<2 { _ = try trainer.makeStep() }
        for tensor in model.tensors {
            let isFrozen = tensor.name.contains("layers.0.") || !tensor.name.contains("layers.")
            #expect((tensor.values.values == before[tensor.name]) == isFrozen, "\(tensor.name)")
        }
    }

    @Test func validationIsTheEvaluationOfTheSameModel() throws {
        let recipe = TinyTraining.recipe {
            $0.batch.sequences = 1
            $0.validation.batches = 1
        }
        let model = try trained(TinyTraining.recipe { $0.steps = 30 }, steps: 20).model.detached()
        // A single sequence of nine tokens, with every target scored.
        let source = OneSequence()
        let found = try #require(
            try Validator(recipe, data: source).measure(model, step: 3) { false })
        let expected = try #require(
            try ExitEvaluation.evaluate(model, on: OneSequence.text, window: 9, cacheFormat: .f32))
        #expect(found.step == 3)
        #expect(found.scoredTokens == 8)
        for (found, expected) in zip(found.exits, expected.exits) {
            #expect(found.exit == expected.exit)
            #expect(abs(found.loss - expected.loss) < 1e-5)
            #expect(found.accuracy == expected.accuracy)
            #expect(found.agreement == expected.agreement)
        }
        #expect(found.exits.last?.agreement == 1)
    }

    /// Measuring fewer exits changes nothing about them.
    @Test func validationMeasuresTheChosenExits() throws {
        let model = try trained(TinyTraining.recipe(), steps: 2).model.detached()
        func measured(_ change: (inout TrainingRecipe) -> Void) throws -> ValidationMetrics {
            let validator = Validator(TinyTraining.recipe(change), data: CountingSource())
            return try #require(try validator.measure(model, step: 0) { false })
        }
        let all = try measured { $0.validation.exits = .all }
        #expect(all.exits.map(\.exit) == [1, 2, 3, 4])
        let cases: [(exits: MeasuredExits, layers: [Int]?, scale: Double, profile: ExitProfile, measured: [Int])] = [
            (.list([1, 3]), nil, 0.5, .quadratic, [1, 3, 4]), (.list([4]), nil, 0.5, .quadratic, [4]),
            (.trained, [2], 0.5, .quadratic, [2, 4]), (.trained, nil, 0, .quadratic, [4]),
            // In equation 6, the first exit has no weight.
            (.trained, nil, 0.5, .quadratic, [2, 3, 4]), (.trained, nil, 0.5, .constant, [1, 2, 3, 4]),
        ]
        for expected in cases {
            let found = try measured {
                $0.validation.exits = expected.exits
                $0.exits.exits = expected.layers
                $0.exits.scale = expected.scale
                $0.exits.profile = expected.profile
            }
            #expect(found.exits.map(\.exit) == expected.measured)
            #expect(found.exits == all.exits.filter { expected.measured.contains($0.exit) })
            #expect(TrainingMetrics.validation(found).isPlausible(layerCount: 4))
            #expect(!TrainingMetrics.validation(found).isPlausible(layerCount: 5))
        }
        #expect(TrainingRecipe().validation.exits == .trained)
    }

    @Test func validationDependsOnNoBatchSize() throws {
        let model = try trained(TinyTraining.recipe(), steps: 2).model.detached()
        var figures: [ValidationMetrics] = []
        for sequences in [1, 3, 7, 20, 64] {
            let recipe = TinyTraining.recipe {
                $0.batch.sequences = sequences
                $0.validation.batches = 100
            }
            let validator = Validator(recipe, data: CountingSource())
            #expect(validator.sequences == 20)
            figures.append(try #require(try validator.measure(model, step: 0) { false }))
        }
        for other in figures.dropFirst() {
            #expect(other.scoredTokens == 20 * 6)
            for (one, two) in zip(figures[0].exits, other.exits) {
                #expect(abs(one.loss - two.loss) < 1e-12)
                #expect(one.accuracy == two.accuracy)
            }
        }
        // The limit is a number of whole batches.
        let few = Validator(
            TinyTraining.recipe {
                $0.batch.sequences = 7
                $0.validation.batches = 2
            }, data: CountingSource())
        #expect(few.sequences == 14)
    }

    /// PyTorch's AdamW counts the steps of each parameter, except those without a gradient. So the first update has the
    /// size of the learning rate, whenever it comes.
    @Test func theFirstUpdateHasTheSizeOfTheRateWheneverItComes() throws {
        let model = try TinyTraining.model()
        let parameters = model.parameters
        let late = try #require(parameters.first { $0.name.contains("layers.2.mlp.up_proj") })
        // A small epsilon, because some gradients are small.
        var optimizer = AdamW(epsilon: 1e-30, weightDecay: 0.5)
        var before: [Float] = []
        for step in 1...9 {
            // The gradients of the recipe's loss, on all layers except the third until the last step.
            var x = model.embed([1, 2, 3, 4])
            for layer in 0..<4 where layer != 2 || step == 9 {
                var memory = CausalBatch(for: model, length: 4)
                x = model.block(layer, x, &memory)
            }
            model.compute.crossEntropy(model.logits(x), targets: [2, 3, 4, 5], weight: 1).backward()
            before = late.values.values
            #expect((late.gradient == nil) == (step < 9))
            optimizer.step(parameters, learningRate: 1e-3)
            if step < 9 { #expect(late.values.values == before, "no decay without a gradient") }
            parameters.forEach { $0.discardGradient() }
        }
        for (old, new) in zip(before, late.values.values) {
            // The decay, then a full step.
            let update = abs(Double(new) - Double(old) * (1 - 1e-3 * 0.5)) / 1e-3
            #expect(abs(update - 1) < 1e-2, "\(update)")
        }
        let counts = zip(parameters, optimizer.moments).map { ($0.name, $1.updates) }
        #expect(counts.allSatisfy { name, count in count == (name.contains("layers.2.") ? 1 : 9) })
    }

    private struct OneSequence: BatchSource {
        static let text: [Token] = [3, 4, 5, 6, 8, 10, 12, 13, 14]
        var length: Int { 8 }
        var sequencesPerEpoch: Int { 1 }
        func batch(at place: DataPlace, sequences: Int) -> TrainingBatch {
            TrainingBatch(
                sequences: 1, length: 8, tokens: Array(Self.text.dropLast()), targets: Array(Self.text.dropFirst()))
        }
    }
}
