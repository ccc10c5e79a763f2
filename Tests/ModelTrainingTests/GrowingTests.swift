import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

/// Models with layers added on top of those that they start from.
@Suite("Growing depth")
struct GrowingTests {
    private let start = StoredModel(TinyTraining.configuration, TinyTraining.weights)
    private let tokens: [Token] = [1, 2, 3, 4, 5, 6, 7, 8]

    private func grown(to layers: Int, by growth: LayerGrowth) throws -> StoredModel {
        try #require(start.grown(to: layers, by: growth, seed: 9))
    }

    private func values(_ model: StoredModel, layer: Int, _ name: String) throws -> [Float] {
        let name = "model.layers.\(layer).\(name).weight"
        let shape = try #require(model.tensors.first { $0.name == name }).shape
        return try model.source.tensor(named: name, shape: shape).vector().values
    }

    private func logits(_ stored: StoredModel) throws -> [Float] {
        let model = try Transformer(trainable: stored, on: ComputeContext(threads: 1)).detached()
        var memory = CausalBatch(for: model, length: 8)
        return model.logits(model.run(0..<model.layerCount, model.embed(tokens), &memory)).values
    }

    @Test(arguments: [(5, [3]), (7, [1, 2, 3]), (8, [0, 1, 2, 3]), (10, [0, 1, 2, 3, 0, 1])])
    func copiesAreOfTheTopmostLayersInOrder(layers: Int, copied: [Int]) throws {
        let model = try grown(to: layers, by: .copy)
        #expect(model.configuration.layerCount == layers)
        for (layer, source) in (Array(0..<4) + copied).enumerated() {
            for name in ["input_layernorm", "self_attn.q_proj", "mlp.down_proj"] {
                #expect(try values(model, layer: layer, name) == values(start, layer: source, name))
            }
        }
    }

    @Test func identityChangesNothingAtFirst() throws {
        let expected = try logits(start)
        #expect(try logits(grown(to: 9, by: .identity)) == expected)
        #expect(try logits(grown(to: 9, by: .random)) != expected)
        // But its layers are not zero, so that they can learn.
        let (identity, random) = (try grown(to: 9, by: .identity), try grown(to: 9, by: .random))
        for layer in 4..<9 {
            #expect(try values(identity, layer: layer, "mlp.down_proj").allSatisfy { $0 == 0 })
            #expect(
                try values(identity, layer: layer, "mlp.up_proj") == values(random, layer: layer, "mlp.up_proj"))
        }
        #expect(try values(random, layer: 4, "mlp.up_proj") != values(random, layer: 5, "mlp.up_proj"))
    }

    /// A model without RoPE in every fourth layer goes on so; layers with and without a window are not continued.
    @Test func patternsOfLayersAreContinued() throws {
        let configuration = TinyTraining.configuration(of: .smolLM3)
        #expect(configuration.unrotatedLayers == [3])
        let stored = StoredModel(configuration, RandomInitializer(seed: 3, configuration, isTied: true))
        #expect(stored.grown(to: 9, by: .copy, seed: 1)?.configuration.unrotatedLayers == [3, 7])
        var windowed = TinyTraining.configuration
        windowed.slidingWindow = SlidingWindow(size: 4, layers: [0, 1, 2, 3])
        let all = StoredModel(windowed, TinyTraining.weights).grown(to: 6, by: .copy, seed: 1)
        #expect(all?.configuration.slidingWindow?.layers == Set(0..<6))
        windowed.slidingWindow?.layers = [1, 3]
        #expect(StoredModel(windowed, TinyTraining.weights).grown(to: 6, by: .copy, seed: 1) == nil)
    }

    /// Where old layers and the embedding are frozen, nothing is recorded below the first trained layer, so that the
    /// backward pass ends there.
    @Test(arguments: [false, true]) func theBackwardPassEndsAtTheFirstTrainedLayer(recompute: Bool) throws {
        let frozen = FrozenParts(layers: [0, 1, 2, 3], embedding: true)
        let model = try Transformer(
            trainable: grown(to: 6, by: .random), freezing: frozen, on: ComputeContext(threads: 1))
        var x = model.embed(tokens)
        #expect(!x.isRecorded)
        for layer in 0..<6 {
            let run = { (x: Tensor) in
                var memory = CausalBatch(for: model, length: 8)
                return model.block(layer, x, &memory)
            }
            x = recompute ? model.compute.recomputed(x, run) : run(x)
            #expect(x.isRecorded == (layer >= 4), "layer \(layer)")
        }
        var exits = EarlyExitLoss()
        (exits.scale, exits.profile, exits.curriculum, exits.exits) = (1, .constant, .all, [3])
        let batch = CountingSource().batch(at: DataPlace(), sequences: 3)
        let objective = Objective(dropout: LayerDropout(), exits: exits, recompute: recompute)
        _ = objective.addGradients(
            of: batch, to: model, first: 0, scored: batch.scoredCount,
            at: LayerDropout.Step(seed: 5, step: 0, of: 10, layerCount: 6))
        // Nine tensors of each of two layers, and the last norm.
        #expect(model.gradients.count == 19)
        #expect(model.gradients.keys.allSatisfy { $0 == "model.norm.weight" || $0.contains(/layers\.[45]\./) })
    }

    @Test func recipesAreChecked() throws {
        func error(_ change: (inout TrainingRecipe) -> Void) -> RecipeError? {
            var recipe = TrainingRecipe()
            recipe.output = "a"
            recipe.data.training = ["a"]
            recipe.data.validation = ["b"]
            recipe.model.start = .path("a")
            recipe.model.layers = 6
            change(&recipe)
            do throws(RecipeError) {
                try recipe.check()
                _ = try TrainingStart.grown(start, recipe)
                return nil
            } catch {
                return error
            }
        }
        #expect(error { _ in } == nil)
        #expect(error { $0.model.newLayers = .identity } == nil)
        #expect(error { $0.model.layers = 4 } == nil)
        #expect(error { $0.model.layers = nil } == nil)
        #expect(
            error { $0.model.layers = 3 }?.description
                == "model.layers: expected at least the 4 layers of a (without model.layers, the model keeps its own), "
                + "found 3")
        #expect(error { $0.lora.rank = 2 }?.key == "model.layers")
        #expect(
            error {
                $0.model.layers = nil
                $0.model.newLayers = .copy
            }?.key == "model.layers")
        #expect(error { $0.model.width = 8 }?.key == "model.width")
    }
}
