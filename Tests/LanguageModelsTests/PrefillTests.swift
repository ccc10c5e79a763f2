import LanguageModels
import TensorCore
import TestSupport
import Testing

/// A prefill stores the same keys and values as running all layers.
@Suite("Prefill")
struct PrefillTests {
    @Test(arguments: tableNames, CacheFormat.allCases) func leavesTheSameBehind(table: String, format: CacheFormat)
        throws
    {
        for shape in TinyShape.tested(on: table) {
            let model = try shape.file.model(on: ComputeContext(table: table))
            let tokens = shape.tokens(count: 300)
            var expected = KVCache(for: model, format: format)
            _ = model.run(0..<model.layerCount, model.embed(tokens), &expected)
            for chunk in [1, 7, 300] {
                var cache = KVCache(for: model, format: format)
                let isDone = model.read(
                    tokens.span, layerCount: model.layerCount, chunk: chunk, into: &cache)
                #expect(isDone)
                let (found, wanted) = (trace(cache, model), trace(expected, model))
                #expect(found == wanted, "\(shape), \(chunk) at a time")
            }
        }
    }

    private func trace(_ cache: borrowing KVCache, _ model: Transformer) -> Trace {
        var trace = Trace()
        trace.append(cache, layers: model.layerCount)
        return trace
    }
}
