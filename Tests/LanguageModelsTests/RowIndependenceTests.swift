import LanguageModels
import TensorCore
import TestSupport
import Testing

/// A row's logits and its keys and values in the cache have the same bits, whatever other rows run with it.
@Suite("A row's result never depends on other rows")
struct RowIndependenceTests {
    @Test(arguments: TinyShape.onTables) func rowsTogetherOrApart(table: String, shape: TinyShape) throws {
        let model = try shape.file.model(on: ComputeContext(table: table))
        let tokens = shape.tokens(count: 3 + 17)
        for format in CacheFormat.allCases {
            let apart = run(model, tokens, chunks: Array(repeating: 1, count: tokens.count), format)
            for count in 2...17 {
                let together = run(model, Array(tokens[..<(3 + count)]), chunks: [3, count], format)
                #expect(together.isPrefix(of: apart), "\(count) rows, \(format)")
            }
        }
    }

    /// 300 tokens: the last of them attend over more than one page of the cache.
    @Test(arguments: TinyShape.onTables) func chunksOfThePrompt(table: String, shape: TinyShape) throws {
        let model = try shape.file.model(on: ComputeContext(table: table))
        let tokens = shape.tokens(count: 300)
        for format in CacheFormat.allCases {
            let whole = run(model, tokens, chunks: [300], format)
            for chunk in format == .standard ? [1, 7, 64] : [7] {
                #expect(run(model, tokens, chunk: chunk, format) == whole, "chunks of \(chunk), \(format)")
            }
        }
    }

    @Test(arguments: TinyShape.onTables) func threads(table: String, shape: TinyShape) throws {
        let tokens = shape.tokens(count: 300)
        let file = shape.file
        let alone = run(try file.model(on: ComputeContext(table: table)), tokens, chunk: 64)
        for threads in 2...3 {
            let model = try file.model(on: ComputeContext(table: table, threads: threads))
            #expect(run(model, tokens, chunk: 64) == alone, "\(threads) threads")
            #expect(
                run(model, Array(tokens[..<20]), chunk: 1).isPrefix(of: alone), "\(threads) threads, token by token")
        }
    }

    /// Every architecture, with its own windows and with larger ones across the border between pages.
    @Test(arguments: tableNames, SampleModel.all) func architectures(table: String, sample: SampleModel) throws {
        for window in [nil, 200] {
            var sample = sample
            sample.configuration.contextLength = 600
            if let window { sample.configuration.slidingWindow?.size = window }
            let tokens = (0..<300).map { Token($0 * $0 % 23) }
            let model = try sample.model(on: ComputeContext(table: table))
            let whole = run(model, tokens, chunks: [300], .standard)
            for chunk in [1, 7, 64] { #expect(run(model, tokens, chunk: chunk) == whole, "chunks of \(chunk)") }
            let threads = try sample.model(on: ComputeContext(table: table, threads: 3))
            #expect(run(threads, tokens, chunk: 64) == whole)
            if sample.configuration.slidingWindow == nil { break }
        }
    }

    private func run(
        _ model: Transformer, _ tokens: [Token], chunk: Int, _ format: CacheFormat = .standard
    ) -> Trace {
        let chunks = stride(from: 0, to: tokens.count, by: chunk).map { min(chunk, tokens.count - $0) }
        return run(model, tokens, chunks: chunks, format)
    }

    private func run(
        _ model: Transformer, _ tokens: [Token], chunks: [Int], _ format: CacheFormat
    ) -> Trace {
        var cache = KVCache(for: model, format: format)
        var trace = Trace()
        for chunk in chunks {
            let rows = trace.count..<trace.count + chunk
            trace.append(model.logits(tokens[rows], &cache))
        }
        trace.append(cache, layers: model.layerCount)
        return trace
    }
}
