import CheckpointFiles
import LanguageModels
import ModelTraining
import TensorCore
import TestSupport
import Testing

/// LoRA and full fine-tuning compared with PEFT and PyTorch, on `Tests/Goldens/adapters`.
@Suite("Adapters and PEFT")
struct AdapterGoldenTests {
    private static let tables = KernelTable.available.map(\.name)
    private static let names = ["gqa", "biases"]

    /// The description written by `Tests/GoldenMakers/adapters.py`.
    private struct Golden: Decodable {
        struct Batch: Decodable {
            let tokens: [Token]
            let targets: [Token]
            let loss: Float
            let fullLoss: Float
        }

        let model: String
        let length: Int
        let exitWeights: [Float]
        let learningRate: Double
        let batches: [Batch]

        func stored() throws -> StoredModel {
            try StoredModel(ModelFiles(GGUFFile(path: Goldens.path(model))))
        }

        /// Trains a model, and compares the loss of each step.
        func train(_ model: some TrainableModel, _ expected: KeyPath<Batch, Float>) throws {
            let compute = model.compute
            var optimizer = AdamW()
            for (step, batch) in batches.enumerated() {
                for parameter in model.parameters { parameter.discardGradient() }
                var memory = CausalBatch(for: model, length: length)
                var x = model.embed(batch.tokens)
                let count = Float(batch.targets.count { $0 >= 0 })
                var loss: Tensor?
                for layer in 0..<model.layerCount {
                    x = model.block(layer, x, &memory)
                    let own = compute.crossEntropy(
                        model.logits(x), targets: batch.targets, weight: exitWeights[layer] / count)
                    loss = loss.map { compute.add($0, own) } ?? own
                }
                let total = try #require(loss)
                total.backward()
                #expect(abs(total.scalar - batch[keyPath: expected]) < 1e-4, "loss \(step)")
                optimizer.step(model.parameters, learningRate: learningRate)
            }
        }
    }

    private func compute(_ table: String) throws -> ComputeContext {
        ComputeContext(kernels: try .named(table), pool: ThreadPool(threads: 2))
    }

    private func adapter(_ name: String) throws -> AdapterFolder {
        try AdapterFolder(path: Goldens.path("adapters/\(name)"))
    }

    @Test(arguments: tables, names) func losses(table: String, name: String) throws {
        let golden: Golden = try Goldens.json("adapters/\(name).json")
        let initial = try adapter("\(name)-initial")
        let training = AdapterTraining(initial.settings, values: SafetensorsSource(initial.file))
        let model = try Transformer(trainable: golden.stored(), adapting: training, on: compute(table))
        let trained = try adapter("\(name)-trained").file
        #expect(Set(model.parameters.map(\.name)) == Set(trained.tensors.map(\.name)))
        #expect(golden.batches.count == 20)
        try golden.train(model, \.loss)
        for tensor in model.tensors {
            let expected = try #require(trained.tensor(named: tensor.name))
            #expect(tensor.shape == expected.shape, "\(tensor.name)")
            #expect(relativeError(tensor.values.values, expected.vector().values) < 1e-3, "\(tensor.name)")
        }
    }

    @Test(arguments: names) func lossesOfFullFineTuning(name: String) throws {
        let golden: Golden = try Goldens.json("adapters/\(name).json")
        try golden.train(
            try Transformer(trainable: golden.stored(), on: compute(#require(Self.tables.last))), \.fullLoss)
    }

    /// In a GGUF file, the rows of queries and keys are in another order than in the adapter.
    @Test(arguments: tables, names) func mergedLogits(table: String, name: String) throws {
        let golden: Golden = try Goldens.json("adapters/\(name).json")
        let tokens = Array(golden.batches[0].tokens.prefix(golden.length))
        let expected = try Goldens.floats("adapters/\(name).logits.bin")
        let folder = try StoredModel(ModelFiles(path: Goldens.path("folders/tiny-\(name)")))
        for base in [try golden.stored(), folder] {
            let merged = try base.adapted(by: adapter("\(name)-trained"))
            let model = try Transformer(merged, on: compute(table))
            var cache = KVCache(for: model, format: .f32, context: tokens.count)
            let logits = model.logits(model.run(0..<model.layerCount, model.embed(tokens), &cache))
            #expect(relativeError(logits.values, expected) < 1e-5)
            // The base alone gives others.
            let plain = try Transformer(base, on: compute(table))
            cache = KVCache(for: plain, format: .f32, context: tokens.count)
            let others = plain.logits(plain.run(0..<plain.layerCount, plain.embed(tokens), &cache))
            #expect(relativeError(others.values, expected) > 1e-2)
        }
    }
}
