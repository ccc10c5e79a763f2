import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Models cut off after some layers")
struct TruncatedTests {
    private func model() throws -> Transformer {
        var file = TinyLlamaFile()
        file.layers = 4
        return try file.model(on: ComputeContext(table: tableNames[0]))
    }

    @Test(arguments: 1...4) func logitsAreThoseAfterSoManyLayers(exitLayer: Int) throws {
        let model = try model()
        let truncated = try Truncated(model, exitLayer: exitLayer)
        #expect(truncated.layerCount == exitLayer)
        let tokens: [Token] = [3, 1, 4, 1, 5, 9, 2, 6]

        var cache = KVCache(for: model)
        let hidden = model.run(0..<exitLayer, model.embed(tokens), &cache)
        var ownCache = KVCache(for: truncated)
        let logits = truncated.logits(tokens, &ownCache)
        #expect(logits.values == model.logits(hidden).values)
        #expect(ownCache.length == tokens.count)
        #expect(ownCache.byteCount * model.layerCount == cache.byteCount * exitLayer, "no memory for other layers")
    }

    @Test func everythingElseIsTheModels() throws {
        let model = try model()
        let truncated = try Truncated(model, exitLayer: 2)
        #expect(truncated.vocabularySize == model.vocabularySize)
        #expect(truncated.contextLength == model.contextLength)
        #expect(truncated.attention == model.attention)
        #expect(truncated.weightByteCount == model.weightByteCount)
    }
}
