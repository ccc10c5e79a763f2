import LayerSkip
import TestSupport
import Testing

@Suite("Damaged models")
struct LoaderFuzzTests {
    /// A page with words, numbers, other scripts, and text that looks like a special token.
    private static let page = String(
        repeating: "The house of 1234 windows — naïve, 東京, 🙂; <|im_end|> let x = [1, 2, 3]\n\n\t", count: 30)

    /// Every damaged file is rejected, or it loads, encodes a page and continues it.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func areRefusedOrWrite(seed: UInt64) throws {
        var tiny = TinyLlamaFile()
        tiny.width = 32
        tiny.heads = 2
        tiny.feedForwardWidth = 32
        tiny.isTied = seed > 2
        tiny.matrixType = [.f32, .q8_0, .q4_0, .q4_1, .q4_K, .q6_K][Int(seed % 6)]
        if tiny.matrixType.elementsPerBlock > 32 { tiny.widen(to: 256) }
        let divisors = (0..<tiny.headDimension / 2).map { Float(1 << ($0 % 8 / 2)) }
        tiny.ropeScaling = seed == 1 ? .linear(factor: 2) : .frequencyFactors(divisors)
        let writer = tiny.writer()
        let bytes = try writer.bytes()
        // Half of the seeds damage only metadata, which is mostly rejected; the others also damage weights.
        let headerCount = seed.isMultiple(of: 2) ? bytes.count : try writer.header().count
        var mutator = GGUFMutator(bytes, headerCount: headerCount, seed: seed)
        let compute = ComputeContext(kernels: try .selected(), pool: ThreadPool(threads: 1))
        let folder = TemporaryFolder()
        var refused = 0
        var written = 0
        for _ in 0..<FuzzInputs.count(120) {
            let path = folder.write(mutator.next(), as: "damaged.gguf")
            do {
                try write(TextModel(path: path, on: compute))
                written += 1
            } catch {
                #expect(Self.isExpected(error), "\(error)")
                refused += 1
            }
        }
        #expect(written > 0 && refused > 10, "\(written) written, \(refused) refused")
    }

    private func write(_ model: TextModel) throws {
        let prompt = try model.tokenizer.encode(Self.page, parsingSpecialTokens: true)
        var options = GenerationOptions()
        options.maxTokens = 8
        options.ignoresEndOfText = true
        let session = try TextSession(model, options: options)
        // If damage made the context small, use less of the page, and if necessary generate fewer tokens.
        let length = max(1, min(prompt.count, model.model.contextLength - 8))
        let result = try session.generate(Array(prompt.prefix(length)))
        #expect(result.tokens.count == min(8, model.model.contextLength - length))
    }

    /// Whether an error describes a problem in the file. Any other error is a bug.
    private static func isExpected(_ error: any Error) -> Bool {
        switch error {
        case is CheckpointError, is FileError, is TokenizerError: true
        case GenerationError.nonFiniteLogits: true
        // A context of one token leaves nothing for generated text.
        case GenerationError.promptTooLong(_, contextLength: 1): true
        // If damage removed the vocabulary's bytes, the text has no tokens.
        case GenerationError.emptyPrompt: true
        default: false
        }
    }
}
