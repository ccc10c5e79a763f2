import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport

/// Creates a tiny random Llama with the real architecture.
func tinyLlama(
    layers: Int = 3, vocabularySize: Int = 24, contextLength: Int = 40, keySize: Float = 1, seed: UInt64 = 1,
    threads: Int = 1, on compute: ComputeContext? = nil
) throws -> Transformer {
    var file = TinyLlamaFile()
    file.layers = layers
    file.width = 32
    file.heads = 4
    file.keyValueHeads = 2
    file.headDimension = 8
    file.feedForwardWidth = 48
    file.vocabularySize = vocabularySize
    file.contextLength = contextLength
    file.keySize = keySize
    file.seed = seed
    let folder = TemporaryFolder()
    let path = folder.file("tiny.gguf")
    try file.write(to: path)
    return try Transformer(
        StoredModel(ModelFiles(GGUFFile(path: path))), on: compute ?? ComputeContext(threads: threads))
}
