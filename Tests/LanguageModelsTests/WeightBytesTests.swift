import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Bytes of weights")
struct WeightBytesTests {
    /// With a separate head, decoding does not read the whole embedding, but the embedding still takes memory.
    @Test(arguments: [DType.f32, .q8_0]) func aTokenReadsOneOfEmbeddingAndHead(format: DType) throws {
        var file = TinyLlamaFile()
        file.matrixType = format
        let compute = try ComputeContext()
        let tied = try file.model(on: compute)
        file.isTied = false
        let untied = try file.model(on: compute)

        #expect(tied.bytesReadPerToken == tied.weightByteCount)
        #expect(untied.bytesReadPerToken == tied.bytesReadPerToken)
        let embedding = file.vocabularySize * file.width / format.elementsPerBlock * format.bytesPerBlock
        #expect(untied.weightByteCount == tied.weightByteCount + embedding)
    }
}
