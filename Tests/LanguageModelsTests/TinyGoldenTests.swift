import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// Random models of all kinds give transformers' results.
@Suite("Tiny models against transformers")
struct TinyGoldenTests {
    static let trainableNames = [
        "tied", "gqa", "llama3-rope", "linear-rope", "head-width", "qwen2", "qwen3", "biases", "yarn", "longrope-short",
        "longrope-long", "mistral", "qwen2-window", "smollm3", "granite",
    ]
    static let names = trainableNames + ["phi3", "gemma3"]

    private struct Golden: Decodable {
        struct Logits: Decodable {
            let file: String
            let rows: [Int]
        }
        let model: String
        let vocabulary: Int
        let tokens: [Token]
        let logits: Logits
        let greedy: [Token]
    }

    private func load(_ name: String, table: String) throws -> (Golden, LoadedModel) {
        let golden = try Goldens.json("tiny-\(name).json", as: Golden.self)
        let file = try GGUFFile(path: Goldens.path(golden.model))
        return (golden, try LoadedModel(file, on: ComputeContext(table: table)))
    }

    @Test(arguments: names, tableNames) func logitsAgree(name: String, table: String) throws {
        let (golden, model) = try load(name, table: table)
        let theirs = try Goldens.floats(golden.logits.file)
        #expect(model.vocabularySize == golden.vocabulary)
        // The reference's own logits change by up to 2e-6 of their norm in float64. F16 rounds keys and values by up to
        // 2^-11, BF16 by 2^-8, and random weights amplify that a few times.
        for (format, tolerance) in [(CacheFormat.f32, 1e-5), (.f16, 0x1p-8), (.bf16, 0x1p-5)] {
            // The context decides about LongRoPE.
            var cache = KVCache(for: model, format: format, context: golden.tokens.count)
            let ours = model.logits(golden.tokens, &cache)
            for (index, row) in golden.logits.rows.enumerated() {
                let expected = theirs[index * golden.vocabulary..<(index + 1) * golden.vocabulary]
                #expect(relativeError(ours.row(row), expected) < tolerance, "\(format), row \(row)")
            }
        }
    }

    /// The dense weights that training starts from, with another order of rows.
    @Test(arguments: trainableNames, tableNames) func denseLogitsAgree(name: String, table: String) throws {
        let (golden, _) = try load(name, table: table)
        let file = try GGUFFile(path: Goldens.path(golden.model))
        let model = try Transformer(trainable: StoredModel(ModelFiles(file)), on: ComputeContext(table: table))
        var batch = CausalBatch(for: model, length: golden.tokens.count)
        let ours = model.logits(model.run(0..<model.layerCount, model.embed(golden.tokens), &batch))
        let theirs = try Goldens.floats(golden.logits.file)
        #expect(relativeError(golden.logits.rows.flatMap { ours.row($0) }, theirs) < 1e-5)
    }

    @Test(arguments: names) func onlySomeCanBeTrained(name: String) throws {
        let stored = try StoredModel(ModelFiles(GGUFFile(path: Goldens.path("tiny-\(name).gguf"))))
        let isTrainable = Self.trainableNames.contains(name)
        #expect(stored.configuration.architecture.isTrainable == isTrainable)
        guard !isTrainable else { return }
        #expect(throws: CheckpointError.self) { try Transformer(trainable: stored, on: ComputeContext()) }
    }

    @Test(arguments: names, tableNames) func greedyTokensAreEqual(name: String, table: String) throws {
        let (golden, model) = try load(name, table: table)
        #expect(try model.greedy(after: golden.tokens, count: golden.greedy.count) == golden.greedy)
    }
}
