import LanguageModels
import Testing

@testable import TokenDecoding

/// Prompts that are refused, cut into chunks, cancelled, and continued from positions in the cache.
@Suite struct PrefillTests {
    static let prompt = (0..<30).map { Token($0 * 7 % 24) }

    private func generator(_ model: Transformer) throws -> Generator<Transformer> {
        try Generator(
            model, drafter: EarlyExitDrafter(exitLayer: 1, draftLength: 3, for: model),
            sampling: sampling(temperature: 0.8, penalty: 1.2, seed: 4), hashesLogits: true)
    }

    private func run(_ model: Transformer, _ prompt: [Token]) throws -> DecodingRun {
        var generator = try generator(model)
        try generator.prefill(prompt)
        try generator.finish()
        return DecodingRun(generator)
    }

    @Test func refusedPromptsChangeNothing() throws {
        let model = try tinyLlama()
        let refused: [([Token], GenerationError, String)] = [
            ([], .emptyPrompt, "prompt: expected at least 1 token, found none; write a prompt"),
            (
                Array(repeating: 1, count: 40), .promptTooLong(tokens: 40, contextLength: 40),
                "prompt: expected fewer tokens than the model's context of 40, found 40; shorten the prompt"
            ),
            (
                [1, 24], .unknownToken(24, vocabularySize: 24),
                "token: expected an id in 0..<24, found 24; encode texts with this model's tokenizer"
            ),
            (
                [-1], .unknownToken(-1, vocabularySize: 24),
                "token: expected an id in 0..<24, found -1; encode texts with this model's tokenizer"
            ),
        ]
        var generator = try generator(model)
        try generator.prefill(Self.prompt)
        for (prompt, error, text) in refused {
            let before = DecodingRun(generator)
            let statistics = generator.statistics
            do {
                try generator.prefill(prompt)
                Issue.record("\(prompt) was taken")
            } catch let found {
                #expect(found == error)
                #expect("\(found)" == text)
            }
            #expect(DecodingRun(generator) == before)
            #expect(generator.statistics == statistics)
            _ = try generator.nextRound(limit: 2)
        }
        try generator.finish()
        #expect(try DecodingRun(generator) == run(model, Self.prompt))
    }

    @Test func longestPrompt() throws {
        let model = try tinyLlama()
        var generator = try generator(model)
        try generator.prefill(Array(repeating: 1, count: 39))
        #expect(generator.room == 1)
        #expect(try generator.nextRound(limit: 10).tokens.count == 1)
        #expect(generator.room == 0)
    }

    @Test(arguments: [1, 2, 7, 29, 30, 64, 0, -3])
    func chunks(_ chunk: Int) throws {
        let model = try tinyLlama()
        var generator = try generator(model)
        try generator.prefill(Self.prompt, chunk: chunk)
        #expect(generator.statistics.prefilledTokens == 29)
        try generator.finish()
        #expect(try DecodingRun(generator) == run(model, Self.prompt))
    }

    @Test(arguments: 0...4)
    func cancelled(chunks: Int) throws {
        let model = try tinyLlama()
        // The same prompt, one with the same beginning, and a different one.
        let prompts: [[Token]] = [Self.prompt, Self.prompt.prefix(10) + [1, 1], [5, 6]]
        for next in prompts {
            var generator = try generator(model)
            var asked = 0
            #expect(throws: GenerationError.cancelled) {
                try generator.prefill(Self.prompt, chunk: 7) {
                    asked += 1
                    return asked <= chunks
                }
            }
            #expect(generator.statistics.prefilledTokens == 7 * chunks)
            #expect((generator.statistics.prefillTokensPerSecond?.isFinite ?? true) == true)
            #expect(generator.text.cacheLengths == [7 * chunks, 7 * chunks, 7 * chunks])

            let common = zip(Self.prompt.prefix(7 * chunks), next.dropLast()).prefix { $0 == $1 }.count
            generator.statistics = DecodingStatistics()
            try generator.prefill(next)
            #expect(generator.statistics.prefilledTokens == next.count - 1 - common)
            try generator.finish()
            #expect(try DecodingRun(generator) == run(model, next))
        }
    }

    /// A conversation: each prompt begins with the text so far, or with a part of it.
    @Test(arguments: 1...20)
    func sharedBeginning(kept: Int) throws {
        let model = try tinyLlama()
        var generator = try generator(model)
        try generator.prefill(Array(Self.prompt.prefix(12)))
        try generator.finish(maxTokens: 8)
        let prompt = generator.tokens.prefix(kept) + [0, 13, 2]
        let common = zip(generator.tokens.dropLast(), prompt.dropLast()).prefix { $0 == $1 }.count
        #expect(common >= min(kept, 19))

        generator.statistics = DecodingStatistics()
        try generator.prefill(Array(prompt))
        #expect(generator.statistics.prefilledTokens == prompt.count - 1 - common)
        #expect(generator.logitHashes.isEmpty)
        try generator.finish()
        #expect(try DecodingRun(generator) == run(model, Array(prompt)))
    }

    /// `keep` may remove part of the prompt, too; only generated tokens are subtracted from the count.
    @Test func keepingPartOfThePrompt() throws {
        let model = try tinyLlama()
        var generator = try generator(model)
        try generator.prefill(Self.prompt)
        try generator.finish(maxTokens: 5)
        generator.keep(20)
        #expect(generator.statistics.generatedTokens == 0)
        try generator.finish(maxTokens: 6)
        #expect(generator.statistics.generatedTokens == 6)
        generator.keep(18)
        #expect(generator.statistics.generatedTokens == 0)
        try generator.finish()
        #expect(try DecodingRun(generator) == run(model, Array(Self.prompt.prefix(18))))
    }
}
