import CheckpointFiles
import LanguageModels
import TestSupport
import Testing
import TokenDecoding

@testable import LayerSkip

@Suite("Tuning")
struct TuningTests {
    private let model: TextModel

    init() throws { model = try TinyModel.shared.get() }

    private func plan(_ prompts: [String] = ["Once upon a time", "def main():", "x"]) throws -> Tuning.Plan {
        var plan = Tuning.Plan(prompts: try prompts.map { try model.tokenizer.encode($0) })
        plan.draftLengths = [1, 2, 5, 9]
        plan.options.maxTokens = 40
        plan.costRounds = 1
        return plan
    }

    /// The rounds and drafts of each cell are those that self-speculative decoding counts.
    @Test(arguments: [(0, true), (0, false), (0.9, true), (0.9, false)] as [(Float, Bool)])
    func cellsAreExact(temperature: Float, ignoresEndOfText: Bool) throws {
        var plan = try plan()
        plan.options.sampling = Sampling(temperature: temperature, seed: 7)
        plan.options.ignoresEndOfText = ignoresEndOfText
        // The tiny model seldom ends its texts, so its context ends one of them.
        plan.prompts.append(Array(repeating: 77, count: model.shape.contextLength - 12))
        let tuning = try #require(try Tuning(model, plan))
        #expect(tuning.textCount == 4 && tuning.exitLayers == [1, 2, 3])
        #expect(tuning.cells.map(\.exitLayer) == [1, 2, 3].flatMap { Array(repeating: $0, count: 4) })
        #expect(tuning.cells.map(\.draftLength) == Array(repeating: [1, 2, 5, 9], count: 3).flatMap { $0 })
        for cell in tuning.cells {
            var real = DecodingStatistics()
            var tokens = 0
            for prompt in plan.prompts {
                var options = plan.options.fitted(to: prompt.count, of: model)
                options.strategy = .selfSpeculative(
                    SpeculationSetting(exitLayer: try #require(cell.exitLayer), draftLength: cell.draftLength))
                let result = try TextSession(model, options: options).generate(prompt)
                real.add(result.statistics)
                tokens += result.tokens.count
                if case .endOfText = result.finishReason { tokens += 1 }
            }
            #expect(cell.rounds == real.rounds && cell.drafted == real.drafted)
            // A draft may be accepted beyond the end of its text.
            #expect(ignoresEndOfText ? cell.accepted == real.accepted : cell.accepted <= real.accepted)
            #expect(tuning.tokenCount == tokens)
            #expect(cell.seconds > 0 && cell.speedup > 0)
            // Drafts that are all rejected gain nothing.
            if cell.accepted == 0 { #expect(cell.speedup < 1 + 1e-9) }
        }
        #expect(tuning.lookups.map(\.draftLength) == [1, 2, 5, 9] && tuning.lookups.allSatisfy { $0.exitLayer == nil })
        let faster = tuning.cells.filter { $0.speedup > 1.03 && $0.accepted > 0 }
        #expect(tuning.best == faster.max { $0.speedup < $1.speedup })
        #expect(
            tuning.setting.map { [$0.exitLayer, $0.draftLength] }
                == tuning.best.map {
                    [$0.exitLayer, $0.draftLength]
                })
    }

    /// Every exit's agreement is the share of tokens at which early exit would choose the text's token.
    @Test func agreements() throws {
        var plan = try plan(["Once upon a time"])
        plan.exitLayers = [3, 1]
        plan.options.ignoresEndOfText = true
        let tuning = try #require(try Tuning(model, plan))
        #expect(tuning.exitLayers == [1, 3])
        let text = try TextSession(model, options: .test(.plain, maxTokens: 40)).generate(plan.prompts[0]).tokens
        for (exit, agreement) in zip(tuning.exitLayers, tuning.agreements) {
            let agreeing = try text.indices.count { index in
                let options = GenerationOptions.test(.earlyExit(exitLayer: exit), maxTokens: 1)
                let next = try TextSession(model, options: options).generate(plan.prompts[0] + text[..<index])
                return next.tokens == [text[index]]
            }
            #expect(agreement == Double(agreeing) / 40)
        }
    }

    @Test func aTuningCanBeStopped() throws {
        let plan = try plan()
        var phases: [Tuning.Phase] = []
        let tuning = try Tuning(model, plan) { phase, done, total in
            if phases.last != phase { phases.append(phase) }
            #expect(done <= total)
            return true
        }
        #expect(tuning != nil && phases == [.writing, .measuring, .reading])
        for last in phases {
            #expect(try Tuning(model, plan) { phase, _, _ in phase != last } == nil)
        }
    }

    /// A copy agrees where it would choose the text's token after the text so far.
    @Test func copies() throws {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        try TinyModel.writer().write(to: path)
        let checkpoint = try Checkpoint(path: path)
        var plan = try plan(["Once upon a time"])
        plan.options.ignoresEndOfText = true
        plan.copies = [.q8_0, .q4_0]
        let tuning = try #require(try Tuning(model, plan, copying: checkpoint))
        #expect(tuning.copies.map(\.recipe) == ["q8_0", "q4_0"])
        let text = try TextSession(model, options: .test(.plain, maxTokens: 40)).generate(plan.prompts[0]).tokens
        for (copy, recipe) in zip(tuning.copies, plan.copies) {
            var loading = LoadingOptions()
            loading.quantization = recipe
            let quantized = try TextModel(checkpoint, threads: 1, loading: loading)
            let agreeing = try text.indices.count { index in
                let next = try TextSession(quantized, options: .test(.plain, maxTokens: 1)).generate(
                    plan.prompts[0] + text[..<index])
                return next.tokens == [text[index]]
            }
            #expect(copy.agreement == Double(agreeing) / 40 && copy.byteCount == quantized.model.weightByteCount)
            #expect(copy.timeShare > 0 && copy.cells.map(\.draftLength) == plan.draftLengths)
            #expect(copy.cells.allSatisfy { $0.exitLayer == nil && $0.seconds > 0 })
        }
        #expect(try Tuning(model, plan, copying: checkpoint) { phase, _, _ in phase != .copying } == nil)
        // Weights in 8 bits would gain little by smaller copies.
        var loading = LoadingOptions()
        loading.quantization = .q8_0
        let small = try TextModel(checkpoint, threads: 1, loading: loading)
        #expect(try #require(try Tuning(small, plan, copying: checkpoint)).copies.isEmpty)
    }

    /// No memory for one copy does not end the tuning.
    @Test func copiesWithoutMemoryAreLeftOut() throws {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        try TinyModel.writer().write(to: path)
        var plan = try plan(["x"])
        plan.options.maxTokens = 5
        plan.copies = [.q8_0, .q5_0, .q4_0]
        let tuning = try Tuning(
            model, plan, copying: Checkpoint(path: path),
            checkMemory: { (_, recipe) throws(CheckpointError) in
                guard recipe == .q5_0 else { return }
                throw CheckpointError(file: path, name: "weights", expected: "9 bytes of free memory", found: "8")
            })
        #expect(try #require(tuning).copies.map(\.recipe) == ["q8_0", "q4_0"])
        let notes = try #require(tuning).notes
        #expect(notes.count == 1 && notes[0].contains("q5_0 is not tried") && notes[0].contains("9 bytes"), "\(notes)")
    }

    /// A context that is too short is found before texts are written.
    @Test func shortContexts() throws {
        var file = TinyLlamaFile()
        file.layers = 3
        file.contextLength = 32
        let short = try TinyModel.load(file.writer())
        var plan = Tuning.Plan(prompts: [[5, 6, 7]])
        plan.costRounds = 1
        plan.draftLengths = [1, 30]
        #expect(try Tuning(short, plan) != nil)
        plan.draftLengths = [1, 31]
        var isAsked = false
        let error = #expect(throws: GenerationError.self) {
            try Tuning(short, plan) { _, _, _ in
                isAsked = true
                return true
            }
        }
        #expect(!isAsked && error?.description.contains("context: expected 33 or more tokens") == true)
        // Longer prompts are left out.
        file.contextLength = 100
        let prompts = try TinyModel.load(file.writer()).tuningPrompts()
        #expect((1..<8).contains(prompts.count) && prompts.allSatisfy { $0.count <= 100 }, "\(prompts.map(\.count))")
        file.contextLength = 2
        let tiny = try TinyModel.load(file.writer())
        let none = #expect(throws: GenerationError.self) { try tiny.tuningPrompts() }
        #expect(none?.description.contains("--prompts") == true)
    }

    @Test func plansThatDoNotFit() throws {
        let changes: [(inout Tuning.Plan) -> Void] = [
            { $0.prompts = [] }, { $0.prompts = [[]] }, { $0.exitLayers = [] }, { $0.exitLayers = [0] },
            { $0.exitLayers = [4] }, { $0.exitLayers = [2, 2] }, { $0.draftLengths = [] }, { $0.draftLengths = [0] },
            { $0.draftLengths = [129] }, { $0.draftLengths = [3, 3] }, { $0.costRounds = 0 },
            { $0.options.maxTokens = 0 }, { $0.options.sampling.temperature = -1 },
            { $0.options.acceptance = .rejection },
        ]
        for change in changes {
            var plan = try plan()
            change(&plan)
            #expect(throws: GenerationError.self) { try Tuning(model, plan) }
        }
    }

    @Test func promptsOfItsOwn() throws {
        let prompts = try model.tuningPrompts()
        #expect(prompts.count == 8 && Set(prompts).count == 8)
        let chat = try TinyModel.load(
            {
                var writer = TinyModel.writer()
                writer.metadata["tokenizer.chat_template"] = .string(
                    "{% for message in messages %}[{{ message.content }}]{% endfor %}")
                return writer
            }())
        let messages = try chat.tuningPrompts()
        #expect(messages.count == 8 && Set(messages).isDisjoint(with: prompts))
        let open = try #require(try model.tokenizer.encode("[").last)
        #expect(messages.allSatisfy { $0.contains(open) })
    }
}

@Suite("Ranking of tokens")
struct TokenRankingTests {
    @Test func frequentTokensComeFirst() {
        let vocabulary = TokenRanking(writtenIn: [[5, 3, 5], [9, 3, 5, 1]], vocabularySize: 12)
        #expect(vocabulary.written == [5, 3, 1, 9])
        #expect(TokenRanking.complete(vocabulary.written, size: 12) == [5, 3, 1, 9, 0, 2, 4, 6, 7, 8, 10, 11])
    }

    /// By hand: the ranking of the other text is 5 1 3 9 0 2 ... for the first, and 5 3 0 1 2 4 ... for the second.
    @Test func coverageIsThatOfOtherTexts() {
        let vocabulary = TokenRanking(writtenIn: [[5, 3, 5], [9, 3, 5, 1]], vocabularySize: 16)
        #expect(vocabulary.coverage.map(\.count) == [1, 2, 4, 8])
        // The first 1: [1] and [5]; 2: [1, 3] and [5, 3]; 4: [1, 3, 5, 9] and [5, 3, 0, 1]; 8: all but 9.
        let covered: [Double] = [0 + 1, 1 + 2, 3 + 3, 3 + 3]
        for (index, count) in covered.enumerated() {
            #expect(abs(vocabulary.coverage[index].share - count / 7) < 1e-12)
        }
    }

    /// It would be covered by itself.
    @Test func aSingleTextHasNoCoverage() {
        let vocabulary = TokenRanking(writtenIn: [[5, 3, 5]], vocabularySize: 16)
        #expect(vocabulary.written == [5, 3] && vocabulary.coverage.isEmpty)
    }
}
