import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Models with a block of its own before the head at one exit: texts of the full model do not change by a bit, and the
/// exit says what its block says.
@Suite("Exit blocks in decoding")
struct ExitBlockTests {
    private static let prompt: [Token] = [7, 3, 19, 3, 0, 23]
    private static let samplings = [sampling(), sampling(temperature: 0.8, penalty: 1.1, topP: 0.95, seed: 6)]

    private func model(_ index: Int = 0, exit: Int = 2, seed: UInt64 = 1) throws -> Transformer {
        try SampleModel.all[index].withExitBlock(at: exit).model(seed: seed, on: ComputeContext(threads: 1))
    }

    /// Logits of an exit after some tokens, by a pass of all of them through the first layers, and through the block.
    private func logits(_ model: Transformer, exit: Int, after tokens: [Token]) -> Tensor {
        var cache = KVCache(for: model)
        var x = model.run(0..<exit, model.embed(tokens), &cache)
        if exit == model.exitBlock { x = model.block(model.layerCount, x, &cache) }
        return model.logits(x[rows: x.rows - 1..<x.rows])
    }

    /// What an exit writes, token by token.
    private func naive(_ model: Transformer, exit: Int, _ sampling: Sampling, count: Int = 40) throws -> [Token] {
        var sampler = try Sampler(sampling, acceptance: .coupled, vocabularySize: model.vocabularySize)
        sampler.remember(Self.prompt)
        var tokens = Self.prompt
        while tokens.count < count {
            let distribution = try sampler.distribution(
                logits(model, exit: exit, after: tokens), row: 0, position: tokens.count, after: [], on: model.compute)
            tokens.append(sampler.draw(distribution, at: tokens.count, for: .target))
            sampler.remember([tokens[tokens.count - 1]])
        }
        return tokens
    }

    @Test(arguments: SampleModel.all) func theTextIsThatWithoutTheBlock(sample: SampleModel) throws {
        let compute = try ComputeContext(threads: 2)
        let plain = try sample.model(on: compute)
        let model = try sample.withExitBlock(at: 2).model(on: compute)
        #expect(model.exitBlock == 2 && plain.exitBlock == nil && model.layerCount == plain.layerCount)
        #expect(model.weightByteCount > plain.weightByteCount && model.bytesReadPerToken == plain.bytesReadPerToken)
        for sampling in Self.samplings {
            let expected = try DecodingRun(plain, NoDrafter(), sampling, prompt: Self.prompt, comparesCache: true)
            let run = try DecodingRun(model, NoDrafter(), sampling, prompt: Self.prompt, comparesCache: true)
            #expect(run == expected)
            for (exitLayer, draftLength) in [(1, 4), (2, 1), (2, 6), (3, 3)] {
                let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
                let run = try DecodingRun(model, drafter, sampling, prompt: Self.prompt, comparesCache: true)
                #expect(run == expected, "exit layer \(exitLayer), draft length \(draftLength)")
            }
        }
    }

    /// Whatever drafts: cascades, a low-bit copy, a draft vocabulary, and exits that are observed.
    @Test(arguments: 0..<12 as Range<UInt64>) func randomDraftsChangeNothing(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let index = Int(seed) % SampleModel.all.count
        let model = try model(index, exit: 1 + Int(seed) % 3, seed: seed)
        let lowBit = try SampleModel.all[index].model(seed: seed + 1, on: model.compute)
        let parts = DraftParts(lowBit: lowBit, vocabulary: model.draftVocabulary(random.vocabulary(of: model)))
        for sampling in Self.samplings {
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: Self.prompt, comparesCache: true)
            for _ in 0..<3 {
                let drafter = RandomDrafter(&random, exitLayers: [1, 2, 3], draftLength: 6, for: model, parts: parts)
                let run = try DecodingRun(
                    model, parts: parts, drafter, sampling, prompt: Self.prompt, comparesCache: true)
                #expect(run == plain, "\(sampling)")
            }
            let auto = try AutoDrafter(exitLayers: [1, 2, 3], for: model, parts: parts)
            let run = try DecodingRun(model, parts: parts, auto, sampling, prompt: Self.prompt, comparesCache: true)
            #expect(run == plain, "\(sampling)")
        }
    }

    /// Each drafted token is the one that the layers and the block choose when they read the whole text anew.
    @Test(arguments: SampleModel.all, 1...3) func draftsAreTheBlocks(sample: SampleModel, exit: Int) throws {
        let model = try sample.withExitBlock(at: exit).model(on: ComputeContext(threads: 1))
        var differsFromTrunk = false
        for length in [1, 3, 7] {
            var generator = try Generator(
                model, drafter: EarlyExitDrafter(exitLayer: exit, draftLength: length, for: model))
            // Positions of another text are taken over, cut off in the middle of what was drafted, and read again.
            try generator.prefill(Self.prompt + [1, 2])
            _ = try generator.nextRound(limit: 3)
            try generator.prefill(Self.prompt, chunk: 4)
            var isTakenBack = false
            while generator.room > 1 {
                var text = generator.tokens
                var drafted: [Token] = []
                _ = try generator.nextRound(limit: generator.room) { token, _ in drafted.append(token) }
                #expect(drafted.count == min(length, model.contextLength - text.count - 1))
                for token in drafted {
                    let logits = logits(model, exit: exit, after: text)
                    #expect(model.compute.argmax(logits, row: 0) == Int(token))
                    var cache = KVCache(for: model)
                    let x = model.run(0..<exit, model.embed(text), &cache)
                    let trunk = model.logits(x[rows: x.rows - 1..<x.rows])
                    differsFromTrunk = differsFromTrunk || trunk.values != logits.values
                    text.append(token)
                }
                if generator.tokens.count > 20, !isTakenBack {
                    generator.keep(17)
                    isTakenBack = true
                }
            }
        }
        #expect(differsFromTrunk)
    }

    /// A text of the exit's layers is what the block writes, alone and in a batch, with and without drafts.
    @Test(arguments: [0, 2, 5, 8], [1, 2, 3]) func textsOfTheExit(index: Int, exit: Int) throws {
        let model = try model(index, exit: exit)
        for sampling in Self.samplings {
            for layers in [exit, min(exit + 1, 4)] {
                let expected = try naive(model, exit: layers, sampling)
                var engine = Engine(model)
                var texts: [TokenStream] = []
                for drafting in [nil, 1, exit] {
                    let drafter: any Drafter =
                        if let drafting, drafting < layers {
                            try EarlyExitDrafter(exitLayer: drafting, draftLength: 3, for: model)
                        } else {
                            NoDrafter()
                        }
                    let run = try DecodingRun(
                        model, exitLayer: layers, drafter, sampling, prompt: Self.prompt, comparesCache: true)
                    #expect(run.tokens == expected, "\(layers) layers")
                    let text = try engine.makeText(exitLayer: layers, drafter: drafter, sampling: sampling)
                    try engine.prefill(text, Self.prompt)
                    texts.append(text)
                }
                for exitLayer in [1, 4] {
                    let other = try engine.makeText(exitLayer: exitLayer, sampling: sampling)
                    try engine.prefill(other, Self.prompt)
                    texts.append(other)
                }
                while case let open = texts.filter({ $0.room > 0 }), !open.isEmpty { engine.step(open) }
                for text in texts.prefix(3) { #expect(text.tokens == expected, "\(layers) layers") }
            }
        }
    }

    /// Tokens that leave early at the exit are the block's, and find exact keys and values later.
    @Test(arguments: 1...3, [ExitRule.Threshold.confidence(0.3), .confidence(0), .entropy(2)])
    func leavingEarly(exit: Int, threshold: ExitRule.Threshold) throws {
        for index in [0, 4, 6] {
            let model = try model(index, exit: exit)
            let rule = ExitRule(exitLayers: [1, 2, 3], threshold: threshold)
            var tokens = Self.prompt
            var layers: [Int: Int] = [:]
            while tokens.count < 40 {
                let chosen = rule.exitLayers.first {
                    rule.leaves(logits(model, exit: $0, after: tokens), row: 0, on: model.compute)
                }
                layers[chosen ?? 4, default: 0] += 1
                let found = model.compute.argmax(logits(model, exit: chosen ?? 4, after: tokens), row: 0)
                tokens.append(Token(try #require(found)))
            }
            var generator = try Generator(model, exitRule: rule, drafter: NoDrafter())
            try generator.prefill(Self.prompt)
            try generator.finish(maxTokens: 20)
            generator.keep(15)
            try generator.finish()
            #expect(generator.tokens == tokens)
            // Those that were taken back count, too.
            #expect(threshold == .confidence(0) || Set(generator.statistics.tokensByExit.keys) == Set(layers.keys))
        }
    }

    /// A trace says what drafts at the exit would do, and an evaluation and a curve measure the block.
    @Test(arguments: 1...3) func measurements(exit: Int) throws {
        let model = try model(exit: exit, seed: 3)
        let text = try DecodingRun(model, NoDrafter(), prompt: Self.prompt).tokens
        let trace = try #require(
            try ExitTrace(
                model, text: text, promptCount: Self.prompt.count, exitLayers: [1, 2, 3], sampling: .greedy))
        for layers in 1...3 {
            let agreements = (Self.prompt.count..<text.count).map { position in
                let logits = logits(model, exit: layers, after: Array(text[..<position]))
                return model.compute.argmax(logits, row: 0) == Int(text[position])
            }
            #expect(trace.agreements[layers - 1] == agreements)
        }
        let evaluation = try #require(try ExitEvaluation.evaluate(model, on: text, window: 40))
        let curve = try #require(
            try ExitRuleTrace(model, on: text, exitLayers: [exit], measure: .confidence(0), window: 40))
        let losses = (1..<text.count).map { position in
            model.compute.crossEntropy(
                logits(model, exit: exit, after: Array(text[..<position])), targets: [text[position]])[0]
        }
        let mean = losses.reduce(0, +) / Double(losses.count)
        #expect(abs(evaluation.exits[exit - 1].loss - mean) < 1e-9)
        #expect(abs(curve.outcome(of: .confidence(0)).loss - mean) < 1e-9)
        var scorer = ContinuationScorer(model, exits: [exit, 4])
        let scored = try #require(try scorer.losses(of: [.init(tokens: text, start: 1)]))
        #expect(abs(scored[0][0] - losses.reduce(0, +)) < 1e-6)
    }

    /// A draft at the exit costs one layer more than without the block; verification costs the same.
    @Test func costs() throws {
        var costs = CostModel(layer: [(1, 2), (5, 6)], head: [(1, 1), (5, 3)])
        let path = DraftPath(layers: 2)
        let without = try #require(costs.draft(on: path, layers: 4, texts: 1, drafted: 3))
        costs.exitBlock = 2
        let with = try #require(costs.draft(on: path, layers: 4, texts: 1, drafted: 3))
        #expect(with - without == 3 * 2)
        for other in [DraftPath(layers: 1), DraftPath(layers: 3)] {
            let found = costs.draft(on: other, layers: 4, texts: 1, drafted: 3)
            costs.exitBlock = nil
            #expect(found == costs.draft(on: other, layers: 4, texts: 1, drafted: 3))
            costs.exitBlock = 2
        }
        let engine = Engine(try model())
        #expect(engine.costs.exitBlock == 2)
    }
}
