import LayerSkip
import TestSupport
import Testing

@Suite("Text as an asynchronous sequence", .timeLimit(.minutes(10)))
struct TextGenerationTests {
    private let model: TextModel
    /// A limit for a text that takes far longer than any of these tests.
    private let endless: TextModel

    init() throws {
        model = try TinyModel.shared.get()
        endless = try TinyModel.make {
            $0.contextLength = 1 << 20
            $0.layers = 8
        }
    }

    @Test func piecesAreTheText() async throws {
        let options = GenerationOptions.test(.speculative)
        let generation = model.generate("Once upon a time", options: options)
        var text = ""
        for try await piece in generation { text += piece }
        let result = try await generation.result
        #expect(text == result.text)
        #expect(result.finishReason == .maxTokens)
        let prompt = try model.tokenizer.encode("Once upon a time")
        #expect(try result.tokens == TextSession(model, options: options).generate(prompt).tokens)
    }

    @Test func theResultNeedsNoIteration() async throws {
        let result = try await model.generate("Once upon a time", options: .test()).result
        #expect(result.tokens.count == 40)
        let generation = model.generate("Once upon a time", options: .test())
        async let first = generation.result.tokens
        async let second = generation.result.tokens
        #expect(try await first == second)
        #expect(try await generation.result.tokens == result.tokens)
    }

    @Test func textsWrittenAtOnceAreThoseWrittenAlone() async throws {
        let prompts = ["Once", "upon a", "time there was", "a tiny model"]
        let alone = try prompts.map { prompt in
            try TextSession(model, options: .test(.speculative, temperature: 1, seed: 3))
                .generate(try model.tokenizer.encode(prompt)).tokens
        }
        let generations = prompts.map { model.generate($0, options: .test(.speculative, temperature: 1, seed: 3)) }
        for (generation, tokens) in zip(generations, alone) { #expect(try await generation.result.tokens == tokens) }
    }

    @Test func errorsArrive() async throws {
        let generation = model.generate("", options: .test())
        await #expect(throws: GenerationError.emptyPrompt) { for try await _ in generation {} }
        await #expect(throws: GenerationError.emptyPrompt) { try await generation.result }
        let other = model.generate("a", options: .test(.earlyExit(exitLayer: 9)))
        await #expect(throws: ExitLayerError.self) { try await other.result }
        let conversation = try model.generate([ChatMessage(role: .user, content: "Hello")], options: .test())
        #expect(try await conversation.result.tokens.count == 40)
    }

    @Test func leavingTheLoopEndsTheText() async throws {
        let generation = endless.generate("Once", options: .test(maxTokens: nil))
        var count = 0
        for try await _ in generation {
            count += 1
            if count == 3 { break }
        }
        let result = try await generation.result
        #expect(result.finishReason == .cancelled)
        #expect(result.tokens.count >= 3)
    }

    @Test func cancellingEndsTheText() async throws {
        let generation = endless.generate("Once", options: .test(maxTokens: nil))
        generation.cancel()
        var text = ""
        for try await piece in generation { text += piece }
        #expect(try await generation.result.finishReason == .cancelled)
        #expect(try await generation.result.text == text)
    }

    @Test(arguments: [true, false]) func aCancelledTaskEndsTheText(iterates: Bool) async throws {
        let generation = endless.generate("Once", options: .test(maxTokens: nil))
        let task = Task {
            if iterates { for try await _ in generation {} } else { _ = try await generation.result }
        }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        try await task.value
        #expect(try await generation.result.finishReason == .cancelled)
    }

    @Test func aTextThatNobodyWantsEnds() async throws {
        weak var watched: ThreadPool?
        do {
            let folder = TemporaryFolder()
            let path = folder.file("tiny.gguf")
            var file = TinyLlamaFile()
            file.contextLength = 1 << 20
            try file.write(to: path)
            let model = try TextModel(
                path: path, on: ComputeContext(kernels: KernelTable.selected(), pool: ThreadPool(threads: 1)))
            watched = model.model.compute.pool
            _ = model.generate("Once", options: .test(maxTokens: nil))
            let generation = model.generate("Once", options: .test(maxTokens: nil))
            _ = generation.makeAsyncIterator()
        }
        // The decoding threads keep the model and its pool alive while they run. They end soon; the suite's time limit
        // catches threads that never end.
        while watched != nil { try await Task.sleep(for: .milliseconds(5)) }
    }
}
