import LayerSkip
import TestSupport
import Testing

@Suite("Text sessions")
struct TextSessionTests {
    private let model: TextModel
    private let prompt: [Token]

    init() throws {
        model = try TinyModel.shared.get()
        prompt = try model.tokenizer.encode("Once upon a time")
    }

    private func write(_ options: GenerationOptions) throws -> GenerationResult {
        try TextSession(model, options: options).generate(prompt)
    }

    @Test(arguments: [0, 0.8] as [Float]) func speculationWritesThePlainText(temperature: Float) throws {
        let plain = try write(.test(temperature: temperature, seed: 7))
        #expect(plain.tokens.count == 40)
        #expect(plain.finishReason == .maxTokens)
        for exitLayer in 1...4 {
            for draftLength in [0, 1, 5, 100] {
                let strategy = DecodingStrategy.selfSpeculative(
                    SpeculationSetting(exitLayer: exitLayer, draftLength: draftLength))
                let result = try write(.test(strategy, temperature: temperature, seed: 7))
                #expect(result.tokens == plain.tokens, "\(strategy)")
                #expect(result.text == plain.text, "\(strategy)")
                let drafts = draftLength > 0 && exitLayer < 4
                #expect((result.statistics.drafted > 0) == drafts, "\(strategy)")
                #expect(result.statistics.generatedTokens == 40)
            }
        }
    }

    @Test func theEarlyExitOfAllLayersIsPlain() throws {
        let plain = try write(.test())
        #expect(try write(.test(.earlyExit(exitLayer: 4))).tokens == plain.tokens)
        #expect(try write(.test(.earlyExit(exitLayer: 1))).tokens != plain.tokens)
    }

    @Test func stopTextsEndPlainAndSpeculativeTextAlike() throws {
        let whole = try write(.test(maxTokens: 60))
        let characters = Array(whole.text.unicodeScalars)
        var acceptedCuts = 0
        for start in stride(from: 0, to: characters.count - 4, by: 7) {
            for length in [1, 2, 4] {
                var stop = ""
                stop.unicodeScalars.append(contentsOf: characters[start..<start + length])
                // Another stop text that overlaps the first and can never be complete.
                let stops = [stop, stop + "\u{10FFFD}"]
                let plain = try write(.test(maxTokens: 60, stops: stops))
                #expect(plain.finishReason == .stop(stop))
                #expect(!plain.text.contains(stop))
                #expect(whole.tokens.starts(with: plain.tokens))
                #expect(whole.text.utf8.starts(with: (plain.text + stop).utf8))

                let session = try TextSession(model, options: .test(.speculative, maxTokens: 60, stops: stops))
                let result = try session.generate(prompt)
                #expect(result.text == plain.text)
                #expect(result.tokens == plain.tokens)
                #expect(result.finishReason == plain.finishReason)
                #expect(result.statistics.generatedTokens == plain.tokens.count)
                if result.statistics.accepted > 0 { acceptedCuts += 1 }

                // The cache contains the text and nothing else.
                let longer = prompt + result.tokens + [Token(TinyTokenizer.token(byte: 32))]
                let next = try session.generate(longer)
                let fresh = try TextSession(model, options: .test(maxTokens: 60, stops: stops)).generate(longer)
                #expect(next.tokens == fresh.tokens)
                #expect(next.statistics.prefilledTokens <= 1)
            }
        }
        #expect(acceptedCuts > 5)
    }

    @Test func eventsTellTheTextAndItsDrafts() throws {
        var drafted = 0
        var accepted = 0
        var open = 0
        var text = ""
        let result = try TextSession(model, options: .test(.speculative)).generate(prompt) { event in
            switch event {
            case .drafted:
                drafted += 1
                open += 1
            case .verified(let count):
                #expect(open > 0 && count <= open)
                open = 0
                accepted += count
            case .text(let piece, _):
                #expect(open == 0)
                text += piece
            case .forgotten: Issue.record("a single prompt has no turns")
            }
        }
        #expect(text == result.text)
        #expect(drafted == result.statistics.drafted)
        #expect(accepted == result.statistics.accepted)
        #expect(accepted > 0 && accepted < drafted)
    }

    @Test func theEndOfTextTokenIsNotPartOfTheText() throws {
        // The temperature is high enough that an end-of-text token comes soon.
        var options = GenerationOptions.test(maxTokens: 200, temperature: 5)
        options.ignoresEndOfText = false
        var ended = 0
        let ends = model.tokenizer.endOfTextTokens
        for seed in 0..<8 as Range<UInt64> {
            options.sampling.seed = seed
            options.strategy = .plain
            let plain = try TextSession(model, options: options).generate(prompt)
            options.strategy = .speculative
            let result = try TextSession(model, options: options).generate(prompt)
            #expect(plain.tokens == result.tokens)
            #expect(plain.finishReason == result.finishReason)
            #expect(!result.tokens.contains { ends.contains($0) })
            guard case .endOfText(let token) = result.finishReason else { continue }
            #expect(ends.contains(token))
            ended += 1
        }
        #expect(ended > 0)
    }

    /// Special tokens have no text, so a stop text is also compared with their names.
    @Test func aSpecialTokenStopsTheText() throws {
        var options = GenerationOptions.test(maxTokens: 400, temperature: 5)
        var stopped = 0
        for seed in 0..<8 as Range<UInt64> {
            options.sampling.seed = seed
            options.stops = []
            options.strategy = .plain
            let whole = try TextSession(model, options: options).generate(prompt)
            options.stops = ["<|im_end|>"]
            for strategy in [DecodingStrategy.plain, .speculative] {
                options.strategy = strategy
                let result = try TextSession(model, options: options).generate(prompt)
                guard let end = whole.tokens.firstIndex(of: 2) else {
                    #expect(result.tokens == whole.tokens)
                    continue
                }
                #expect(result.finishReason == .stop("<|im_end|>"))
                #expect(result.tokens == Array(whole.tokens[...end]))
                #expect(result.text == model.tokenizer.decode(whole.tokens[..<end], continuingText: true))
                stopped += 1
            }
        }
        #expect(stopped > 4)
    }

    @Test func theContextIsFilledAndNotExceeded() throws {
        let model = try TinyModel.make { $0.contextLength = 32 }
        for strategy in [DecodingStrategy.plain, .speculative, .earlyExit(exitLayer: 2)] {
            let result = try TextSession(model, options: .test(strategy, maxTokens: nil)).generate(prompt)
            #expect(result.finishReason == .contextFull)
            #expect(result.promptTokens.count + result.tokens.count == 32)
        }
        let session = try TextSession(model)
        let long = [Token](repeating: 40, count: 32)
        #expect(throws: GenerationError.promptTooLong(tokens: 32, contextLength: 32)) { try session.generate(long) }
        #expect(throws: GenerationError.emptyPrompt) { try session.generate([]) }
        #expect(throws: GenerationError.unknownToken(-1, vocabularySize: 320)) { try session.generate([-1]) }
        // A session survives its errors.
        #expect(try session.generate(Array(long.dropLast())).tokens.count <= 1)
    }

    @Test func aCancelledTextEndsWhereItIs() throws {
        var asked = 0
        let session = try TextSession(model, options: .test(.speculative, maxTokens: nil))
        let result = try session.generate(
            prompt,
            isCancelled: {
                asked += 1
                return asked > 4
            })
        #expect(result.finishReason == .cancelled)
        #expect((1...24).contains(result.tokens.count))
        let unread = try session.generate(Array(prompt.reversed()), isCancelled: { true })
        #expect(unread.finishReason == .cancelled)
        #expect(unread.tokens.isEmpty)
        // The session continues as if nothing had happened.
        let next = try TextSession(model, options: .test(.speculative)).generate(prompt)
        #expect(try next.tokens == write(.test(.speculative)).tokens)
    }

    @Test func optionsOutOfRangeAreErrors() throws {
        func expectError(_ change: (inout GenerationOptions) -> Void) {
            var options = GenerationOptions()
            change(&options)
            #expect(throws: GenerationError.self) { try TextSession(model, options: options) }
        }
        expectError { $0.maxTokens = 0 }
        expectError { $0.stops = ["a", ""] }
        expectError { $0.strategy = .earlyExit(exitLayer: 0) }
        expectError { $0.strategy = .selfSpeculative(SpeculationSetting(exitLayer: 1, draftLength: -1)) }
        expectError { $0.sampling.temperature = .nan }
        expectError { $0.sampling.temperature = -1 }
        expectError { $0.sampling.topK = -1 }
        expectError { $0.sampling.topP = 0 }
        expectError { $0.sampling.minP = .infinity }
        expectError { $0.sampling.repetitionPenalty = 0 }
        for strategy in [
            DecodingStrategy.earlyExit(exitLayer: 5),
            .selfSpeculative(SpeculationSetting(exitLayer: 5, draftLength: 2)),
        ] {
            #expect(throws: ExitLayerError.self) { try TextSession(model, options: .test(strategy)) }
        }
    }
}
