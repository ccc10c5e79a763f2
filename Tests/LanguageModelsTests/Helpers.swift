import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing

/// The names of all kernel tables that this machine can run, as arguments of numerical tests.
let tableNames = KernelTable.available.map(\.name)

extension ComputeContext {
    init(table: String, threads: Int = 1) throws {
        self.init(kernels: try .named(table), pool: ThreadPool(threads: threads))
    }
}

extension TinyLlamaFile {
    /// Loads the model from a file.
    func model(on compute: ComputeContext) throws -> Transformer {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        try write(to: path)
        return try Transformer(StoredModel(ModelFiles(GGUFFile(path: path))), on: compute)
    }
}

extension LanguageModel {
    /// The logits of all `tokens`, which follow the positions in the cache.
    func logits(_ tokens: some Collection<Token>, _ cache: inout KVCache) -> Tensor {
        logits(run(0..<layerCount, embed(Array(tokens)), &cache))
    }

    /// The greedy continuation with an f32 cache, one token at a time.
    func greedy(after prompt: [Token], count: Int) throws -> [Token] {
        var cache = KVCache(for: self, format: .f32, context: prompt.count + count)
        var last = logits(prompt, &cache)
        var result: [Token] = []
        while result.count < count {
            let next = Token(try #require(compute.argmax(last, row: last.rows - 1)))
            result.append(next)
            last = logits([next], &cache)
        }
        return result
    }
}

extension Tensor {
    func row(_ index: Int) -> ArraySlice<Float> { values[index * columns..<(index + 1) * columns] }
}

/// The names in GGUF files of all architectures.
let knownNames = "llama, qwen2, qwen3, smollm3, granite, phi3, gemma3"
