import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Training an exit block")
struct ExitBlockTrainingTests {
    private let runs = TinyRuns()
    private let batch = CountingSource().batch(at: DataPlace(), sequences: 3)

    private func exits(_ exit: Int, _ target: ExitTarget = .text, trainsLast: Bool = false) -> EarlyExitLoss {
        var exits = EarlyExitLoss()
        exits.scale = 0.5
        exits.profile = .constant
        exits.curriculum = .all
        exits.exits = [exit]
        exits.target = target
        exits.trainsLast = trainsLast
        return exits
    }

    private func addGradients(
        to model: Transformer, _ exits: EarlyExitLoss, recompute: Bool = false
    ) -> Objective.Losses {
        Objective(dropout: LayerDropout(), exits: exits, recompute: recompute).addGradients(
            of: batch, to: model, first: 0, scored: batch.scoredCount,
            at: LayerDropout.Step(seed: 1, step: 0, of: 1, layerCount: 4))
    }

    /// - Parameter epsilon: that of all norms; nil for the usual one.
    private func model(
        blockAt exit: Int?, frozen: FrozenParts = FrozenParts(), epsilon: Float? = nil
    ) throws -> Transformer {
        var configuration = TinyTraining.configuration
        if let epsilon { configuration.normEpsilon = epsilon }
        var stored = StoredModel(configuration, TinyTraining.weights)
        if let exit { stored = stored.withExitBlock(copiedAt: exit) }
        return try Transformer(trainable: stored, freezing: frozen, on: ComputeContext(threads: 1))
    }

    /// An exit through a copy of the next layer is the next exit: the same loss, and the same gradients, of which those
    /// of the block are the layer's. The norm behind the block changes nothing in front of another norm, except by its
    /// epsilon. The gradients of exits are compared with PyTorch elsewhere.
    @Test(arguments: [1, 2, 3], ExitTarget.allCases) func aCopyOfTheNextLayerLearnsLikeIt(
        exit: Int, target: ExitTarget
    ) throws {
        // The last layer cannot imitate itself.
        guard exit < 3 || target == .text else { return }
        let (own, plain) = (try model(blockAt: exit, epsilon: 1e-12), try model(blockAt: nil, epsilon: 1e-12))
        #expect(own.exitBlock == exit && own.parameters.count == plain.parameters.count + 11)
        let found = addGradients(to: own, exits(exit, target))
        var other = exits(exit + 1, target)
        if exit == 3 { other = EarlyExitLoss() }
        let expected = addGradients(to: plain, other)
        #expect(abs(found.total - expected.total) < 1e-5 * max(1e-2, expected.total))
        if target != .text { #expect(found.last == expected.last) }
        let (ours, theirs) = (own.gradients, plain.gradients)
        var compared = 0
        for (name, gradient) in theirs {
            let inBlock = name.replacing("model.layers.\(exit).", with: "exit_block.")
            #expect(relativeError(try #require(ours[inBlock]), gradient) < 1e-3, "\(name)")
            compared += 1
        }
        #expect(compared + 2 == ours.count && ours["exit_block.self_attn.k_proj.weight"] != nil)
    }

    /// With layers behind the exit in the loss, too, the trunk's gradient is the sum of what both need.
    @Test func bothLossesLearnTogether() throws {
        let model = try model(blockAt: 2)
        let losses = addGradients(to: model, exits(2, trainsLast: true))
        #expect(losses.last > 0 && losses.total != losses.last)
        let (block, last) = (try self.model(blockAt: 2), try self.model(blockAt: 2))
        _ = addGradients(to: block, exits(2))
        _ = addGradients(to: last, EarlyExitLoss())
        #expect(last.gradients["exit_block.mlp.up_proj.weight"] == nil)
        // Weights 1/3 and 2/3.
        for name in ["model.layers.0.mlp.up_proj.weight", "model.embed_tokens.weight"] {
            let (a, b) = (try #require(block.gradients[name]), try #require(last.gradients[name]))
            let sum = zip(a, b).map { $0 / 3 + 2 * $1 / 3 }
            #expect(relativeError(try #require(model.gradients[name]), sum) < 1e-5, "\(name)")
        }
    }

    /// The gradient of the block by differences of the loss.
    @Test(arguments: [ExitTarget.text, .model]) func gradientsAreThoseOfDifferences(target: ExitTarget) throws {
        let frozen = FrozenParts(layers: [0, 1, 2, 3], embedding: true, head: true)
        let model = try model(blockAt: 2, frozen: frozen)
        #expect(model.parameters.allSatisfy { $0.name.hasPrefix("exit_block.") } && model.parameters.count == 11)
        _ = addGradients(to: model, exits(2, target))
        for parameter in model.parameters {
            let gradient = try #require(parameter.gradient).values
            // Along the gradient, the loss grows by the gradient's square.
            let norm = gradient.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
            let step = 2e-2 / norm
            func loss(_ sign: Double) throws -> Double {
                let stored = StoredModel(TinyTraining.configuration, TinyTraining.weights).withExitBlock(copiedAt: 2)
                let change = gradient.map { Float(sign * step) * $0 }
                let moved = StoredModel(
                    stored.configuration, MovedSource(base: stored.source, name: parameter.name, change: change))
                let other = try Transformer(trainable: moved, freezing: frozen, on: ComputeContext(threads: 1))
                return addGradients(to: other, exits(2, target)).total
            }
            let slope = (try loss(1) - loss(-1)) / (2 * step)
            #expect(abs(slope - norm * norm) < 0.02 * norm * norm, "\(parameter.name)")
        }
    }

    @Test func recomputedBlocksGiveTheSameBits() throws {
        func bits(recompute: Bool) throws -> [[UInt32]?] {
            let model = try model(blockAt: 2)
            _ = addGradients(to: model, exits(2, .model), recompute: recompute)
            return model.parameters.map { $0.gradient?.values.map(\.bitPattern) }
        }
        #expect(try bits(recompute: true) == bits(recompute: false))
    }

    private func recipe(_ name: String) -> TrainingRecipe {
        runs.recipe(name) {
            $0.hasExitBlock = true
            $0.freeze.trunk = true
            $0.exits = exits(2, .model)
            $0.dropout.maximum = 0
        }
    }

    /// A run that trains only the block: it can be stopped and resumed to the same bits, and the model stays as it was.
    @Test(arguments: [1, 3, 4]) func aRunGoesOnToTheSameBitsBesideAFrozenTrunk(stop: Int) throws {
        let (whole, parts) = (recipe("whole"), recipe("parts"))
        var first = try runs.run(whole)
        #expect(try first.run(shouldStop: { false }) { _ in } == .finished)
        do {
            var second = try runs.run(parts)
            var steps = 0
            _ = try second.run(shouldStop: { steps == stop }) { if case .step(let step) = $0 { steps = step.step } }
        }
        var third = try runs.run(parts)
        #expect(third.step == stop)
        #expect(try third.run(shouldStop: { false }) { _ in } == .finished)
        for name in ["model.safetensors", "exit-block.safetensors", "optimizer.safetensors"] {
            #expect(try runs.bytes(parts, "newest/\(name)") == runs.bytes(whole, "newest/\(name)"), "\(name)")
        }
        #expect(try runs.metrics(parts) == runs.metrics(whole))

        let files = try ModelFiles(path: "\(whole.output)/newest")
        let stored = try StoredModel(files, withExitBlock: true)
        #expect(stored.configuration.exitBlock == 2)
        #expect(try StoredModel(files, withExitBlock: false).configuration.exitBlock == nil)
        let start = StoredModel(TinyTraining.configuration, TinyTraining.weights).withExitBlock(copiedAt: 2)
        for tensor in stored.tensors {
            let values = try stored.source.tensor(named: tensor.name, shape: tensor.shape).vector().values
            let before = try start.source.tensor(named: tensor.name, shape: tensor.shape).vector().values
            #expect((values == before) == !tensor.isInExitBlock, "\(tensor.name)")
        }
        // What training measured is what the files compute.
        let model = try Transformer(trainable: stored, on: ComputeContext(threads: 1)).detached()
        let measured = try Validator(whole, data: CountingSource(sequencesPerEpoch: 6)).measure(model, step: 6) {
            false
        }
        let line = try #require(runs.metrics(whole).last { $0.contains("exits") })
        #expect(line.contains("\(try #require(measured).exits[1].loss)"))
    }

    /// A start with a block at the same exit goes on with it; otherwise the block begins as a copy.
    @Test func aBlockOfTheStartIsTrainedFurther() throws {
        let plain = StoredModel(TinyTraining.configuration, TinyTraining.weights)
        let other = RandomInitializer(seed: 9, plain.withExitBlock(copiedAt: 2).configuration, isTied: true)
        func start(_ stored: StoredModel) -> TrainingStart {
            TrainingStart(stored, tokenizerFingerprint: 1, vocabularySize: 40) { _ in }
        }
        var recipe = recipe("a")
        let name = "exit_block.mlp.up_proj.weight"
        func values(_ stored: StoredModel) throws -> [Float] {
            try stored.source.tensor(named: name, shape: [48, 32]).floats().values
        }
        let own = start(StoredModel(plain.withExitBlock(copiedAt: 2).configuration, other))
        #expect(try values(own.stored(recipe)) == values(own.stored))
        let copied = try plain.source.tensor(named: "model.layers.2.mlp.up_proj.weight", shape: [48, 32]).floats()
        #expect(try values(start(plain).stored(recipe)) == copied.values)
        recipe.exits.exits = [1]
        #expect(own.stored(recipe).configuration.exitBlock == 1)
        #expect(try values(own.stored(recipe)) != values(own.stored))
        recipe.hasExitBlock = false
        #expect(own.stored(recipe).configuration.exitBlock == nil)
    }

    @Test func aDamagedBlockIsNoticed() throws {
        let recipe = recipe("a")
        do {
            var run = try runs.run(recipe)
            _ = try run.run(shouldStop: { false }) { _ in }
        }
        for name in Folder.names(in: "\(recipe.output)/checkpoints") {
            let path = "\(recipe.output)/checkpoints/\(name)/exit-block.safetensors"
            var bytes = try TextFile.bytes(path)
            bytes[bytes.count - 1] ^= 1
            try TextFile.write(bytes, to: path)
        }
        let error = #expect(throws: CheckpointError.self) { try runs.run(recipe) }
        #expect(error?.file.hasSuffix("exit-block.safetensors") == true)
    }

    @Test func recipesThatContradictThemselves() throws {
        var valid = TrainingRecipeTests.complete()
        valid.hasExitBlock = true
        valid.freeze.trunk = true
        valid.exits = exits(2, .model)
        try valid.check()
        try valid.check(layerCount: 4, contextLength: 256)
        func key(_ layers: Int = 4, _ change: (inout TrainingRecipe) -> Void) -> String? {
            var recipe = valid
            change(&recipe)
            return #expect(throws: RecipeError.self) {
                try recipe.check()
                try recipe.check(layerCount: layers, contextLength: 256)
            }?.key
        }
        #expect(key { $0.hasExitBlock = false } == "freeze.trunk")
        #expect(key { $0.exits.exits = nil } == "exits.layers")
        #expect(key { $0.exits.exits = [1, 2] } == "exits.layers")
        #expect(key { $0.exits.exits = [4] } == "exits.layers")
        #expect(key(1) { $0.exits.exits = [1] } == "exits.layers")
        #expect(key { $0.exits.trainsLast = true } == "exits.train_last")
        #expect(
            key {
                $0.exits.scale = 0; $0.exits.trainsLast = true; $0.freeze.trunk = false
            } == "exits.scale")
        #expect(
            key {
                $0.exits.curriculum = .none; $0.exits.trainsLast = true; $0.freeze.trunk = false
            }
                == "exits.curriculum")
        #expect(key { $0.lora.rank = 4 } == "exits.block")
    }
}

/// Weights of which one tensor is changed.
private struct MovedSource: TensorSource {
    let base: any TensorSource
    let name: String
    let change: [Float]

    var file: String { base.file }
    var ropePairing: RoPEPairing { base.ropePairing }
    func storedName(of name: String) -> String { base.storedName(of: name) }
    func contains(_ name: String) -> Bool { base.contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        let stored = try base.tensor(named: name, shape: shape)
        guard name == self.name else { return stored }
        let values = zip(stored.vector().values, change).map { $0 + $1 }
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: DType.f32.quantize(values))
    }
}
