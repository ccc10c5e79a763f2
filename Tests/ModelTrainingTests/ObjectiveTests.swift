import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import ModelTraining

@Suite("Objective")
struct ObjectiveTests {
    private let batch = CountingSource().batch(at: DataPlace(), sequences: 3)

    private func objective(
        dropout: LayerDropout = LayerDropout(), exits: EarlyExitLoss = EarlyExitLoss(), recompute: Bool = false
    ) -> Objective { Objective(dropout: dropout, exits: exits, recompute: recompute) }

    private func exits(_ scale: Double, _ curriculum: Curriculum, only exits: [Int]? = nil) -> EarlyExitLoss {
        var loss = EarlyExitLoss()
        loss.scale = scale
        loss.curriculum = curriculum
        loss.exits = exits
        return loss
    }

    private func dropout(_ maximum: Double, _ depth: DepthProfile) -> LayerDropout {
        var dropout = LayerDropout()
        dropout.maximum = maximum
        dropout.depth = depth
        return dropout
    }

    private func moment(step: Int = 1) -> LayerDropout.Step {
        LayerDropout.Step(seed: 5, step: step, of: 10, layerCount: 4)
    }

    /// Returns the mean loss of a model's first E layers, computed as in decoding: row after row, with a cache.
    private func loss(ofExit exit: Int, _ model: Transformer) throws -> Double {
        let truncated = try Truncated(model.detached(), exitLayer: exit)
        var sum = 0.0
        for sequence in 0..<batch.sequences {
            let rows = sequence * batch.length..<(sequence + 1) * batch.length
            var cache = KVCache(for: truncated, format: .f32)
            let x = truncated.run(0..<exit, truncated.embed(Array(batch.tokens[rows])), &cache)
            sum += model.compute.crossEntropy(truncated.logits(x), targets: Array(batch.targets[rows])).reduce(0, +)
        }
        return sum / Double(batch.scoredCount)
    }

    @Test(arguments: [2, 3, 4]) func anExitReadsWhatItsLayerReturns(_ exit: Int) throws {
        let model = try TinyTraining.model()
        // This exit and the last alone, with the equation's weights.
        let loss = exits(1, .all, only: [exit])
        let weights = loss.weights(step: 1, of: 10, layerCount: 4)
        let found = objective(exits: loss).addGradients(
            of: batch, to: model, first: 0, scored: batch.scoredCount, at: moment())
        let early = exit == 4 ? 0 : weights[exit - 1] * (try self.loss(ofExit: exit, model))
        let last = try self.loss(ofExit: 4, model)
        #expect(abs(found.total - (early + weights[3] * last)) < 1e-5)
        #expect(abs(found.last - last) < 1e-5)
    }

    @Test func withoutDropoutAndExitsItIsTheModelsLoss() throws {
        let model = try TinyTraining.model()
        let found = objective().addGradients(
            of: batch, to: model, first: 0, scored: batch.scoredCount, at: moment())
        #expect(abs(found.total - (try loss(ofExit: 4, model))) < 1e-5)
        #expect(found.total == found.last)
    }

    @Test(arguments: [Architecture.llama, .qwen2, .qwen3])
    func gradientsAreTheDerivativeOfTheLoss(architecture: Architecture) throws {
        let configuration = TinyTraining.configuration(of: architecture)
        let weights = RandomInitializer(seed: 3, configuration, isTied: true)
        // Along a direction of all parameters: (J(w + h d) - J(w - h d)) / 2h = gradient . d, with dropout and exits
        // on.
        let objective = objective(dropout: dropout(0.5, .linear), exits: exits(1, .all))
        func loss(_ model: Transformer) -> Double {
            objective.addGradients(of: batch, to: model, first: 0, scored: batch.scoredCount, at: moment()).total
        }
        func moved(by step: Float) throws -> Transformer {
            try TinyTraining.model(configuration, weights: MovedWeights(base: weights, step: step))
        }
        let model = try moved(by: 0)
        _ = loss(model)
        let direction = MovedWeights(base: weights, step: 1)
        let slope = try model.parameters.reduce(0.0) { sum, parameter in
            let values = direction.direction(parameter.name, count: parameter.count)
            let gradient = try #require(parameter.gradient).values
            return sum + zip(gradient, values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let step: Float = 1e-3
        let measured = (loss(try moved(by: step)) - loss(try moved(by: -step))) / Double(2 * step)
        #expect(abs(slope - measured) < 2e-3 * max(1, abs(measured)), "\(slope) and \(measured)")
    }

    @Test func recomputingChangesNoBit() throws {
        let settings = (dropout(0.5, .constant), exits(0.5, .all))
        let (plain, again) = (try TinyTraining.model(), try TinyTraining.model())
        let first = objective(dropout: settings.0, exits: settings.1).addGradients(
            of: batch, to: plain, first: 0, scored: 18, at: moment())
        let second = objective(dropout: settings.0, exits: settings.1, recompute: true).addGradients(
            of: batch, to: again, first: 0, scored: 18, at: moment())
        #expect(first.total == second.total)
        #expect(plain.gradients == again.gradients)
    }

    @Test func batchesOfAStepAddUpToOneBatch() throws {
        let settings = objective(dropout: dropout(0.5, .constant), exits: exits(0.5, .all))
        let (whole, parts) = (try TinyTraining.model(), try TinyTraining.model())
        let all = CountingSource().batch(at: DataPlace(), sequences: 6)
        let expected = settings.addGradients(of: all, to: whole, first: 0, scored: all.scoredCount, at: moment())
        var found = Objective.Losses()
        for first in [0, 2] {
            let batch = CountingSource().batch(at: DataPlace(index: first), sequences: first == 0 ? 2 : 4)
            found += settings.addGradients(of: batch, to: parts, first: first, scored: all.scoredCount, at: moment())
        }
        #expect(abs(found.total - expected.total) < 1e-5)
        for (name, gradient) in whole.gradients {
            let other = try #require(parts.gradients[name])
            #expect(zip(gradient, other).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
        }
    }

    @Test func aLayerThatAllSequencesSkipLearnsNothing() throws {
        let model = try TinyTraining.model()
        _ = objective(dropout: dropout(0.999, .constant)).addGradients(
            of: batch, to: model, first: 0, scored: batch.scoredCount, at: moment())
        let learned = Set(model.gradients.keys)
        #expect(learned == ["model.embed_tokens.weight", "model.norm.weight"])
    }

    @Test func withNothingScoredNothingIsLearned() throws {
        let model = try TinyTraining.model()
        let silent = CountingSource(scores: false).batch(at: DataPlace(), sequences: 3)
        let found = objective().addGradients(of: silent, to: model, first: 0, scored: 1, at: moment())
        #expect(found.total == 0)
        #expect(model.gradients.isEmpty)
    }

    @Test func frozenPartsGatherNoGradient() throws {
        let model = try TinyTraining.model(frozen: FrozenParts(layers: [0, 1], embedding: true))
        _ = objective(exits: exits(1, .all)).addGradients(
            of: batch, to: model, first: 0, scored: batch.scoredCount, at: moment())
        // Nine tensors of each of two layers, and the last norm.
        #expect(model.gradients.count == 19)
        #expect(!model.gradients.keys.contains { $0.contains("layers.0") || $0.contains("layers.1") })
    }
}

@Suite("Dropped sequences")
struct DroppedSequencesTests {
    /// Runs a layer that adds 100 to each value and records the number of its rows.
    private func run(kept: [Int]) throws -> (values: [Float], rows: [Int]) {
        let compute = try ComputeContext(threads: 1)
        let x = Tensor((0..<12).map { Float($0) }, rows: 6, columns: 2)
        var rows: [Int] = []
        let layer = { (x: Tensor) in
            rows.append(x.rows)
            return Tensor(x.values.map { $0 + 100 }, rows: x.rows, columns: x.columns)
        }
        return (LayerDropout.run(layer, on: x, kept: kept, length: 2, compute).values, rows)
    }

    @Test func theLayerRunsOnTheKeptAlone() throws {
        let result = try run(kept: [0, 2])
        #expect(result.rows == [4])
        #expect(result.values == [100, 101, 102, 103, 4, 5, 6, 7, 108, 109, 110, 111])
    }

    @Test func allKept() throws {
        let result = try run(kept: [0, 1, 2])
        #expect(result.rows == [6])
        #expect(result.values == (100..<112).map { Float($0) })
    }

    @Test func noneKeptIsNoWork() throws {
        let result = try run(kept: [])
        #expect(result.rows.isEmpty)
        #expect(result.values == (0..<12).map { Float($0) })
    }
}
