import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("KV cache")
struct KVCacheTests {
    /// Across a page's border, and with other tokens run in between.
    @Test(arguments: tableNames, [0, 1, 255, 256, 257, 290])
    func whatIsForgottenLeavesNoTrace(table: String, kept: Int) throws {
        let shape = TinyShape.all[0]
        let model = try shape.file.model(on: ComputeContext(table: table))
        let tokens = shape.tokens(count: 300)
        var cache = KVCache(for: model)
        let before = model.logits(tokens, &cache)
        let memory = cache.byteCount

        cache.truncate(to: kept)
        #expect(cache.length == kept)
        _ = model.logits(tokens.reversed().prefix(300 - kept), &cache)
        cache.truncate(to: kept)
        let after = model.logits(tokens[kept...], &cache)

        var expected = Trace()
        expected.append(before[rows: kept..<300])
        var found = Trace()
        found.append(after)
        #expect(found == expected)
        #expect(cache.byteCount == memory, "pages are used again")
    }

    @Test func aCopyIsIndependent() throws {
        let shape = TinyShape.all[0]
        let model = try shape.file.model(on: ComputeContext(table: tableNames[0]))
        let tokens = shape.tokens(count: 270)
        var cache = KVCache(for: model)
        _ = model.logits(tokens, &cache)
        let original = trace(cache, model)

        var copy = cache.copy()
        let copied = trace(copy, model)
        #expect(copied == original)

        copy.truncate(to: 10)
        _ = model.logits(tokens.reversed().prefix(100), &copy)
        let untouched = trace(cache, model)
        #expect(untouched == original)

        // The same in the other direction.
        let changed = trace(copy, model)
        cache.truncate(to: 0)
        _ = model.logits(tokens.reversed(), &cache)
        let kept = trace(copy, model)
        #expect(kept == changed)
    }

    @Test func eachLayerKnowsItsOwnLength() throws {
        var file = TinyLlamaFile()
        file.layers = 3
        let model = try file.model(on: ComputeContext(table: tableNames[0]))
        var cache = KVCache(for: model)
        _ = model.run(0..<2, model.embed([5, 6, 7]), &cache)
        #expect((0..<3).map { cache.length(layer: $0) } == [3, 3, 0])
        #expect(cache.length == 0)
        _ = model.run(2..<3, model.embed([5]), &cache)
        #expect(cache.length == 1)
        cache.truncate(to: 2)
        #expect((0..<3).map { cache.length(layer: $0) } == [2, 2, 1])
    }

    private func trace(_ cache: borrowing KVCache, _ model: Transformer) -> Trace {
        var trace = Trace()
        trace.append(cache, layers: model.layerCount)
        return trace
    }

    /// A context of a billion positions takes no memory until it is used.
    @Test(arguments: [(CacheFormat.f32, 4), (.f16, 2), (.bf16, 2)])
    func memoryGrowsWithUse(format: CacheFormat, elementBytes: Int) throws {
        var file = TinyLlamaFile()
        file.contextLength = 1 << 30
        let model = try file.model(on: ComputeContext(table: tableNames[0]))
        var cache = KVCache(for: model, format: format)
        #expect(cache.capacity == 1 << 30 && cache.byteCount == 0)
        let page = 2 * file.keyValueHeads * file.headDimension * cachePagePositions * elementBytes
        let tokens = TinyShape.all[0].tokens(count: 257)
        _ = model.logits(tokens[..<256], &cache)
        #expect(cache.byteCount == file.layers * page)
        _ = model.logits(tokens[256...], &cache)
        #expect(cache.byteCount == 2 * file.layers * page)
    }
}
