import LayerSkip
import TestSupport
import Testing

@Suite("Answers to many prompts")
struct BatchGenerationTests {
    private let model: TextModel
    private let prompts: [[Token]]

    init() throws {
        let model = try TinyModel.shared.get()
        self.model = model
        // Some begin alike, one is the beginning of another, and two are equal.
        prompts = try [
            "Once upon a time", "def main():", "Once upon a hill", "Once", "x", "Once upon a time",
            "The cat, the cat, the",
            "def main(): return", "0 1 2 3 4 5 6 7 8 9",
        ].map { try model.tokenizer.encode($0) }
    }

    private func request(_ index: Int, _ options: GenerationOptions) -> BatchRequest {
        var options = options
        options.sampling.seed += UInt64(index)
        // Texts end at different times.
        options.maxTokens = options.maxTokens.map { 1 + $0 * (index % 4 + 1) / 4 }
        return BatchRequest(prompt: prompts[index % prompts.count], options: options)
    }

    private func alone(_ request: BatchRequest) throws -> GenerationResult {
        try TextSession(model, options: request.options).generate(request.prompt)
    }

    private static let strategies: [DecodingStrategy] = [
        .plain, .auto(exitLayers: [3]), .speculative, .earlyExit(exitLayer: 2),
        .approximate(ExitRule(exitLayers: [1, 2, 3], threshold: .confidence(0.1))),
    ]

    @Test(arguments: strategies, [0, 1.5] as [Float])
    func answersAreThoseOfEachPromptAlone(strategy: DecodingStrategy, temperature: Float) throws {
        var options = GenerationOptions.test(strategy, maxTokens: 60, temperature: temperature, seed: 3)
        for isCoupled in temperature > 0 ? [true, false] : [true] {
            options.acceptance = isCoupled ? .coupled : .rejection
            let expected = try (0..<14).map { try alone(request($0, options)) }
            for width in [1, 3, 16] {
                var generation = BatchGeneration(model, width: width, options: options)
                var found: [GenerationResult] = []
                let isComplete = try generation.run(0..<14, request: { request($0, options) }) { index, result in
                    #expect(index == found.count)
                    found.append(result)
                }
                #expect(isComplete && found.count == 14)
                for (found, expected) in zip(found, expected) {
                    #expect(found.tokens == expected.tokens && found.text == expected.text)
                    #expect(found.finishReason == expected.finishReason)
                    #expect(found.promptTokens == expected.promptTokens)
                    #expect(found.statistics.generatedTokens == expected.statistics.generatedTokens)
                }
            }
        }
    }

    @Test func textsEndWhereTheyEndAlone() throws {
        var reasons: Set<String> = []
        for seed in 0..<3 as Range<UInt64> {
            var options = GenerationOptions.test(
                nil, maxTokens: nil, temperature: 3, seed: 10 * seed, stops: ["q", "<|im_end|>"])
            options.ignoresEndOfText = seed == 1
            options.context = 60
            var generation = BatchGeneration(model, width: 4, options: options)
            var (counted, written) = (0, 0)
            _ = try generation.run(0..<9, request: { request($0, options) }) { index, found in
                written += found.tokens.count
                let expected = try alone(request(index, options))
                #expect(found.tokens == expected.tokens && found.text == expected.text)
                #expect(found.finishReason == expected.finishReason)
                reasons.insert(found.finishReason.name)
            } shouldContinue: {
                counted += $0
                return true
            }
            #expect(counted == written)
        }
        #expect(reasons.isSuperset(of: ["stop", "context_full"]), "\(reasons)")
    }

    /// Texts of different strategies, such as exits, may run together.
    @Test func requestsMayHaveOtherStrategies() throws {
        let options = GenerationOptions.test(.auto(exitLayers: [3]))
        func mixed(_ index: Int) -> BatchRequest {
            var options = options
            if index % 3 < 2 { options.strategy = .earlyExit(exitLayer: 1 + index % 3) }
            return request(index / 3, options)
        }
        var generation = BatchGeneration(model, width: 5, options: options)
        var count = 0
        _ = try generation.run(0..<24, request: mixed) { index, found in
            let expected = try alone(mixed(index))
            #expect(found.tokens == expected.tokens)
            count += 1
        }
        #expect(count == 24)
    }

    @Test func aStoppedBatchGivesTheFirstAnswersAndCanGoOn() throws {
        let options = GenerationOptions.test(maxTokens: 20)
        var whole: [[Token]] = []
        var generation = BatchGeneration(model, width: 3, options: options)
        _ = try generation.run(0..<9, request: { request($0, options) }) { whole.append($1.tokens) }
        for limit in [0, 5, 20, 40] {
            var found: [[Token]] = []
            var calls = 0
            let isComplete = try generation.run(0..<9, request: { request($0, options) }) {
                found.append($1.tokens)
            } shouldContinue: { _ in
                calls += 1
                return calls <= limit
            }
            #expect(!isComplete && found.count < 9)
            _ = try generation.run(found.count..<9, request: { request($0, options) }) { found.append($1.tokens) }
            #expect(found == whole)
        }
    }

    @Test func anErrorNamesItsPrompt() throws {
        var generation = BatchGeneration(model, width: 2, options: .test())
        let error = #expect(throws: BatchError.self) {
            _ = try generation.run(
                0..<9,
                request: { index in
                    index == 4 ? BatchRequest(prompt: [], options: .test()) : request(index, .test())
                }, each: { _, _ in })
        }
        #expect(error?.index == 4 && error?.error == .emptyPrompt)
    }

    @Test func hashesTellAnswersApart() throws {
        let hash = AnswerHash(model)
        let prompt = prompts[0]
        let options = GenerationOptions.test(nil, temperature: 1)
        let base = hash(prompt, options)
        #expect(base.count == 16 && AnswerHash(model)(prompt, options) == base)
        // Strategies that write the same text do not matter.
        for strategy in [DecodingStrategy.plain, .speculative, .auto(exitLayers: [1])] {
            var same = options
            same.strategy = strategy
            same.recordsRounds = true
            #expect(hash(prompt, same) == base)
        }
        var others = [hash(prompts[1], options)]
        for change: (inout GenerationOptions) -> Void in [
            { $0.sampling.seed = 9 }, { $0.sampling.temperature = 2 }, { $0.maxTokens = 41 }, { $0.stops = ["x"] },
            { $0.strategy = .earlyExit(exitLayer: 2) }, { $0.strategy = .earlyExit(exitLayer: 3) },
            { $0.cacheFormat = .f32 }, { $0.context = 100 }, { $0.ignoresEndOfText = false },
            {
                $0.acceptance = .rejection
                $0.strategy = .speculative
            }, { $0.acceptance = .rejection },
        ] {
            var other = options
            change(&other)
            others.append(hash(prompt, other))
        }
        others.append(AnswerHash(try TinyModel.make { $0.seed = 2 })(prompt, options))
        #expect(Set(others + [base]).count == others.count + 1)
        // A greedy text has no seed.
        #expect(hash(prompt, .test(seed: 1)) == hash(prompt, .test(seed: 2)))
    }
}
