import LanguageModels
import TensorCore
import TestSupport
import Testing

/// Passes whose blocks run in one parallel region have the bits of the operations one by one.
@Suite("Blocks in one region")
struct PassTests {
    /// Rows of a pass: those of decoding, of verification, of prompts, and around the limits of tiles, of rows that
    /// each thread prepares, and of attention in one step.
    private static let lengths = [1, 2, 3, 8, 9, 33]

    /// A debug build is about ten times slower.
    private static var threads: [Int] {
        #if DEBUG
            [3]
        #else
            [1, 2, 3]
        #endif
    }

    @Test(arguments: TinyShape.onTables) func formats(table: String, shape: TinyShape) throws {
        for threads in Self.threads {
            let model = try shape.file.model(on: ComputeContext(table: table, threads: threads))
            expectEqualPasses(model, "\(threads) threads")
        }
    }

    @Test(arguments: tableNames, SampleModel.all) func architectures(table: String, sample: SampleModel) throws {
        var sample = sample
        sample.configuration.contextLength = 600
        for threads in Self.threads {
            let model = try sample.model(on: ComputeContext(table: table, threads: threads))
            expectEqualPasses(model, "\(threads) threads")
        }
    }

    /// Texts of different lengths, in all layers or some, whose pages begin at different rows.
    @Test(arguments: tableNames) func severalTexts(table: String) throws {
        let model = try TinyLlamaFile().model(on: ComputeContext(table: table, threads: 2))
        for counts in [[1, 1], [3, 1, 2], [9, 30]] {
            func run(oneByOne: Bool) -> [Trace] {
                var memory = BatchMemory(for: model)
                var caches: [CacheBox] = []
                var rows: [Token] = []
                for (index, count) in counts.enumerated() {
                    var cache = KVCache(for: model)
                    _ = model.logits(tokens(250 + 3 * index), &cache)
                    memory.addRows(count, of: cache)
                    rows += tokens(count)
                    caches.append(CacheBox(cache))
                }
                let layers = 0..<model.layerCount
                let x = model.embed(rows)
                let hidden =
                    oneByOne ? model.runOneByOne(layers, x, &memory) : model.run(layers, x, &memory)
                return caches.map { box in
                    var trace = Trace()
                    trace.append(hidden)
                    trace.append(box.cache, layers: model.layerCount)
                    return trace
                }
            }
            #expect(run(oneByOne: false) == run(oneByOne: true), "\(counts)")
        }
    }

    private func expectEqualPasses(_ model: Transformer, _ comment: Comment) {
        var together = KVCache(for: model)
        var oneByOne = KVCache(for: model)
        var (ours, theirs) = (Trace(), Trace())
        let layers = 0..<model.layerCount
        // The scalar table takes a hundred times as long.
        let lengths = model.compute.kernels.name == "scalar" ? [1, 2, 9] : Self.lengths + [130, 1, 4]
        for length in lengths where together.length + length <= model.contextLength {
            let x = model.embed(tokens(length))
            ours.append(model.run(layers, x, &together))
            theirs.append(model.runOneByOne(layers, x, &oneByOne))
        }
        ours.append(together, layers: model.layerCount)
        theirs.append(oneByOne, layers: model.layerCount)
        #expect(ours == theirs, comment)
    }

    private func tokens(_ count: Int) -> [Token] { (0..<count).map { Token($0 * $0 % 23) } }
}

/// A cache in an array.
private final class CacheBox {
    let cache: KVCache
    init(_ cache: consuming KVCache) { self.cache = cache }
}
