import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("LoRA training")
struct AdapterTrainingTests {
    private let runs = TinyRuns()

    private func recipe(_ name: String, _ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
        runs.recipe(name) {
            $0.lora.rank = 3
            $0.lora.alpha = 6
            $0.lora.layers = LayerSet("1-3")
            $0.lora.matrices = ["q_proj", "v_proj", "down_proj"]
            $0.checkpoints.every = 1
            change(&$0)
        }
    }

    private func model(
        _ recipe: TrainingRecipe, weights: any TensorSource = TinyTraining.weights
    ) throws -> Transformer {
        let settings = try #require(recipe.lora.settings(layerCount: 4))
        return try Transformer(
            trainable: StoredModel(TinyTraining.configuration, weights),
            adapting: AdapterTraining(settings, values: LowRankInitializer(seed: 1)), on: ComputeContext(threads: 1))
    }

    private func bits(_ recipe: TrainingRecipe, weights: any TensorSource = TinyTraining.weights) throws -> [[UInt32]] {
        var trainer = Trainer(recipe, model: try model(recipe, weights: weights), data: CountingSource())
        for _ in 0..<recipe.steps { _ = try trainer.makeStep() }
        return trainer.model.bits
    }

    @Test func onlyTheChosenMatricesAreAdapted() throws {
        let model = try model(recipe("a"))
        #expect(model.parameters.count == 3 * 3 * 2)
        #expect(model.parameters.first?.name == "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight")
        #expect(model.parameters.allSatisfy { !$0.name.contains("layers.0.") && $0.isMatrix })
        // The model begins as its base.
        let base = try TinyTraining.model()
        for model in [model, model.detached()] {
            var memory = CausalBatch(for: model, length: 8)
            let logits = model.logits(model.run(0..<4, model.embed([1, 2, 3, 4, 5, 6, 7, 8]), &memory))
            memory = CausalBatch(for: base, length: 8)
            let expected = base.logits(base.run(0..<4, base.embed([1, 2, 3, 4, 5, 6, 7, 8]), &memory))
            #expect(logits.values == expected.values)
        }
    }

    @Test func theAdapterLearnsWhileTheBaseStays() throws {
        var trainer = Trainer(recipe("a") { $0.steps = 80 }, model: try model(recipe("a")), data: CountingSource())
        let losses = try (0..<80).compactMap { _ in try trainer.makeStep()?.lastLoss }
        #expect(losses[79] < losses[0] - 0.1)
    }

    @Test func recomputationChangesNoBit() throws {
        let plain = try bits(recipe("a"))
        #expect(try bits(recipe("a") { $0.recompute = true }) == plain)
        // Only the scale of the losses makes a difference to something.
        #expect(try bits(recipe("a") { $0.lora.alpha = 5 }) != plain)
    }

    /// 16-bit weights that stay in their format give the bits of the same weights in f32.
    @Test(arguments: [DType.bf16, .f16], [ProductPrecision.f32, .bf16])
    func basesKeepTheirFormat(dtype: DType, precision: ProductPrecision) throws {
        let recipe = recipe("a") { $0.precision = precision }
        let rounded = RoundedWeights(base: TinyTraining.weights, dtype: dtype)
        let stored = StoredModel(TinyTraining.configuration, rounded)
        #expect(try bits(recipe, weights: rounded) == bits(recipe, weights: stored.dequantized.source))
        #expect(try model(recipe, weights: rounded).weightByteCount < model(recipe).weightByteCount * 6 / 10)
    }

    @Test(arguments: [1, 3, 5]) func aStoppedRunGoesOnToTheSameBits(_ stop: Int) throws {
        let (whole, parts) = (recipe("whole"), recipe("parts"))
        var first = try runs.run(whole)
        #expect(try first.run(shouldStop: { false }) { _ in } == .finished)
        do {
            var second = try runs.run(parts)
            var steps = 0
            _ = try second.run(shouldStop: { steps == stop }) { if case .step(let step) = $0 { steps = step.step } }
        }
        do {
            var third = try runs.run(parts)
            #expect(third.step == stop)
            #expect(try third.run(shouldStop: { false }) { _ in } == .finished)
        }
        for name in ["adapter_model.safetensors", "optimizer.safetensors", "adapter_config.json"] {
            #expect(try runs.bytes(parts, "newest/\(name)") == runs.bytes(whole, "newest/\(name)"), "\(name)")
        }
        #expect(try runs.metrics(parts) == runs.metrics(whole))
        #expect(
            runs.names("\(parts.output)/newest") == [
                "adapter_config.json", "adapter_model.safetensors", "config.json", "optimizer.safetensors",
                "state.json",
                "tokenizer.json",
            ])
    }

    @Test func theCheckpointIsAnAdapterOfItsBase() throws {
        let recipe = recipe("a")
        var run = try runs.run(recipe)
        _ = try run.run(shouldStop: { false }) { _ in }
        let folder = try AdapterFolder(path: "\(recipe.output)/newest")
        #expect(folder.settings == recipe.lora.settings(layerCount: 4))
        #expect(folder.base == "the base")
        var trainer = Trainer(recipe, model: try model(recipe), data: CountingSource())
        for _ in 0..<recipe.steps { _ = try trainer.makeStep() }
        let own = trainer.model.detached()
        let merged = try Transformer(
            StoredModel(TinyTraining.configuration, TinyTraining.weights).adapted(by: folder),
            on: ComputeContext(threads: 1))
        let tokens: [Token] = [1, 2, 3, 4, 5, 6, 7, 8]
        var memory = CausalBatch(for: own, length: 8)
        var cache = KVCache(for: merged, format: .f32, context: 8)
        let expected = own.logits(own.run(0..<4, own.embed(tokens), &memory))
        let logits = merged.logits(merged.run(0..<4, merged.embed(tokens), &cache))
        #expect(relativeError(logits.values, expected.values) < 1e-5)
    }

    @Test func anotherBaseOrRankIsRefused() throws {
        let recipe = recipe("a") { $0.steps = 2 }
        do {
            var run = try runs.run(recipe)
            _ = try run.run(shouldStop: { false }) { _ in }
        }
        var other = recipe
        other.lora.rank = 4
        #expect(throws: RecipeError.self) { try runs.run(other) }
        other.lora = .init()
        #expect(throws: RecipeError.self) { try runs.run(other) }
    }

    @Test func recipesSayWhatIsMissing() throws {
        func error(_ change: (inout TrainingRecipe) -> Void) -> RecipeError? {
            var recipe = TrainingRecipe()
            recipe.output = "a"
            recipe.data.training = ["a"]
            recipe.data.validation = ["a"]
            recipe.model.start = .path("a")
            change(&recipe)
            do {
                try recipe.check()
                return nil
            } catch {
                return error
            }
        }
        #expect(error { $0.lora.rank = 8 } == nil)
        #expect(error { $0.lora.alpha = 8 }?.key == "lora.rank")
        #expect(
            error {
                $0.lora.rank = 8
                $0.freeze.head = true
            }?.key == "freeze")
        #expect(
            error {
                $0.lora.rank = 8
                $0.model.start = .defaultModel
            }?.key == "model.start")
        #expect(
            error {
                $0.lora.rank = 8
                $0.lora.layers = LayerSet()
            }?.key == "lora.layers")
    }
}

/// Weights whose matrices are rounded to a 16-bit format.
struct RoundedWeights: TensorSource {
    let base: any TensorSource
    let dtype: DType

    var file: String { base.file }
    var ropePairing: RoPEPairing { base.ropePairing }
    func storedName(of name: String) -> String { name }
    func contains(_ name: String) -> Bool { base.contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let tensor = try base.tensor(named: name, shape: shape)
        guard shape.count > 1 else { return tensor }
        return StoredTensor(name: name, dtype: dtype, shape: shape, bytes: dtype.quantize(tensor.vector().values))
    }
}
