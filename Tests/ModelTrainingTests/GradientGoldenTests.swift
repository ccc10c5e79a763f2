import CheckpointFiles
import LanguageModels
import ModelTraining
import TensorCore
import TestSupport
import Testing

/// Whole models compared with PyTorch: logits and losses of all exits, every gradient, and the weights after ten steps.
@Suite("Gradients of whole models")
struct GradientGoldenTests {
    private static let tables = KernelTable.available.map(\.name)

    private static let names = [
        "gqa", "tied", "biases", "yarn", "mistral", "qwen2-window", "qwen3", "smollm3", "granite",
    ]

    @Test(arguments: tables, names) func training(table: String, name: String) throws {
        let golden: GradientGolden = try Goldens.json("gradients-\(name).json")
        let compute = ComputeContext(kernels: try .named(table), pool: ThreadPool(threads: 2))
        let model = try golden.model(on: compute)
        let logits = try Goldens.floats("gradients-\(name).logits.bin")
        let gradients = try golden.tensors("gradients-\(name).bin")
        let trained = try golden.tensors("gradients-\(name).trained.bin")
        #expect(Set(model.parameters.map(\.name)) == Set(gradients.keys))

        var optimizer = AdamW()
        for (step, batch) in golden.batches.enumerated() {
            for parameter in model.parameters { parameter.discardGradient() }
            let exits = golden.exits(of: model, batch)
            let loss = golden.loss(of: exits, batch, on: compute)
            loss.backward()
            #expect(relativeError([loss.scalar], [batch.loss]) < 1e-5, "loss \(step)")
            let norm = model.parameters.reduce(0) { $0 + $1.gradientSquares }.squareRoot()
            #expect(relativeError([Float(norm)], [batch.gradientNorm]) < 1e-5, "norm \(step)")
            if step == 0 {
                #expect(relativeError(exits.flatMap(\.values), logits) < 1e-5)
                // PyTorch's own gradients change by up to 7e-6 of their norm in float64 (SmolLM3's four layers).
                for parameter in model.parameters {
                    let gradient = try #require(parameter.gradient)
                    let expected = try #require(gradients[parameter.name])
                    #expect(relativeError(gradient.values, expected) < 2e-5, "gradient of \(parameter.name)")
                }
            }
            optimizer.step(model.parameters, learningRate: golden.learningRate, gradientScale: 1)
        }
        for parameter in model.parameters {
            let expected = try #require(trained[parameter.name])
            #expect(relativeError(parameter.values.values, expected) < 1e-5, "\(parameter.name) after ten steps")
        }
    }
}

/// The description written by `Tests/GoldenMakers/gradients.py`.
struct GradientGolden: Decodable {
    struct Values: Decodable {
        let name: String
        let count: Int
    }

    struct Batch: Decodable {
        let tokens: [Token]
        let targets: [Token]
        let loss: Float
        let gradientNorm: Float
    }

    let model: String
    let length: Int
    let exitWeights: [Float]
    let learningRate: Double
    let parameters: [Values]
    let batches: [Batch]

    func model(on compute: ComputeContext) throws -> Transformer {
        let file = try GGUFFile(path: Goldens.path(model))
        return try Transformer(trainable: StoredModel(ModelFiles(file)), on: compute)
    }

    /// Reads a file's values, parameter after parameter.
    func tensors(_ file: String) throws -> [String: ArraySlice<Float>] {
        var rest = try Goldens.floats(file)[...]
        var result: [String: ArraySlice<Float>] = [:]
        for parameter in parameters {
            result[parameter.name] = rest.prefix(parameter.count)
            rest = rest.dropFirst(parameter.count)
        }
        return result
    }

    /// Returns the logits after each layer.
    func exits(of model: some LanguageModel, _ batch: Batch) -> [Tensor] {
        var memory = CausalBatch(for: model, length: length)
        var x = model.embed(batch.tokens)
        return (0..<model.layerCount).map { layer in
            x = model.block(layer, x, &memory)
            return model.logits(x)
        }
    }

    func loss(of exits: [Tensor], _ batch: Batch, on compute: ComputeContext) -> Tensor {
        let count = Float(batch.targets.count { $0 >= 0 })
        let losses = zip(exits, exitWeights).map { logits, weight in
            compute.crossEntropy(logits, targets: batch.targets, weight: weight / count)
        }
        return losses.dropFirst().reduce(losses[0]) { compute.add($0, $1) }
    }
}
