import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Tokens that leave the model early are those that their exits choose, and later tokens find exact keys and values.
@Suite("Approximate decoding")
struct ApproximateDecodingTests {
    private static let rules = [
        ExitRule(exitLayers: [2], threshold: .confidence(0.16)),
        ExitRule(exitLayers: [3, 1], threshold: .confidence(0.2)),
        ExitRule(exitLayers: [1, 2, 3, 4], threshold: .confidence(0.25)),
        ExitRule(exitLayers: [1, 3], threshold: .entropy(2.75)),
        ExitRule(exitLayers: [1, 2], threshold: .confidence(0)),
        ExitRule(exitLayers: [1, 5], threshold: .confidence(0.4)),
    ]

    /// The text, and the number of layers that chose each of its tokens, by passes over the whole text for each of them.
    private func naive(
        _ model: Transformer, _ rule: ExitRule, _ sampling: Sampling, prompt: [Token], maxTokens: Int
    ) throws -> (tokens: [Token], layers: [Int]) {
        var sampler = try Sampler(sampling, acceptance: .coupled, vocabularySize: model.vocabularySize)
        sampler.remember(prompt)
        var (tokens, layers) = (prompt, [Int]())
        while tokens.count < min(prompt.count + maxTokens, model.contextLength) {
            var chosen = model.layerCount
            for exit in rule.exitLayers where exit < model.layerCount {
                let logits = model.logits(model.hiddenRow(after: tokens, layers: exit))
                let probabilities = softmax(logits.values)
                let isSure =
                    switch rule.threshold {
                    case .confidence(let least): probabilities.max()! > least
                    case .entropy(let most): entropy(probabilities) < most
                    }
                if isSure {
                    chosen = exit
                    break
                }
            }
            let logits = model.logits(model.hiddenRow(after: tokens, layers: chosen))
            let distribution = try sampler.distribution(
                logits, row: 0, position: tokens.count, after: [], on: model.compute)
            let token = sampler.draw(distribution, at: tokens.count, for: .target)
            sampler.remember([token])
            tokens.append(token)
            layers.append(chosen)
        }
        return (tokens, layers)
    }

    private func softmax(_ logits: [Float]) -> [Double] {
        let largest = Double(logits.max()!)
        let powers = logits.map { exp(Double($0) - largest) }
        return powers.map { $0 / powers.reduce(0, +) }
    }

    private func entropy(_ probabilities: [Double]) -> Double {
        -probabilities.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
    }

    private func generator(
        _ model: Transformer, _ rule: ExitRule?, _ sampling: Sampling = .greedy
    ) throws -> Generator<Transformer> {
        try Generator(model, exitRule: rule, drafter: NoDrafter(), sampling: sampling, hashesLogits: true)
    }

    @Test(arguments: 0..<6) func equalsNaiveExits(index: Int) throws {
        let rule = Self.rules[index]
        let model = try tinyLlama(layers: 5, contextLength: 60, seed: UInt64(index))
        for sampling in [.greedy, sampling(temperature: 0.9, penalty: 1.2, seed: 5)] {
            let naive = try naive(model, rule, sampling, prompt: [3, 1, 4], maxTokens: 40)
            var generator = try generator(model, rule, sampling)
            try generator.prefill([3, 1, 4])
            try generator.finish(maxTokens: 40)
            #expect(generator.tokens == naive.tokens)
            let counts = Dictionary(naive.layers.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(generator.statistics.tokensByExit == counts)
            #expect(counts.count > 1 || rule.threshold == .confidence(0))
        }
    }

    @Test(arguments: [ExitRule.Threshold.confidence(1), .entropy(0)])
    func strictestThresholdIsPlainDecoding(threshold: ExitRule.Threshold) throws {
        let model = try tinyLlama(layers: 5, contextLength: 60)
        for sampling in [.greedy, sampling(temperature: 0.9, seed: 5)] {
            var runs: [DecodingRun] = []
            for rule in [nil, ExitRule(exitLayers: [1, 3], threshold: threshold)] {
                var generator = try generator(model, rule, sampling)
                try generator.prefill([3, 1, 4])
                try generator.finish()
                runs.append(DecodingRun(generator))
            }
            #expect(runs[0] == runs[1])
        }
    }

    /// So many rows wait that they run through the other layers before a token needs them.
    @Test func loosestThresholdIsEarlyExit() throws {
        let model = try tinyLlama(layers: 4, contextLength: 700)
        var leaving = try generator(model, ExitRule(exitLayers: [2], threshold: .confidence(0)))
        try leaving.prefill([3, 1, 4])
        try leaving.finish()
        let early = try DecodingRun(model, exitLayer: 2, NoDrafter(), prompt: [3, 1, 4])
        #expect(leaving.tokens == early.tokens)
        #expect(leaving.logitHashes == early.logitHashes)
        #expect(leaving.statistics.tokensByExit == [2: 697])
        // All but the last rows that wait.
        #expect(leaving.text.cacheLengths[3] > 500)
    }

    /// A text that goes on after some of its tokens were taken back, or after another message, is that of a new text.
    @Test(arguments: 0..<6) func textsGoOn(index: Int) throws {
        let model = try tinyLlama(layers: 5, contextLength: 80, seed: UInt64(index))
        let rule = Self.rules[index]
        var generator = try generator(model, rule)
        try generator.prefill([3, 1, 4])
        try generator.finish(maxTokens: 20)
        let whole = generator.tokens
        generator.keep(12)
        try generator.finish(maxTokens: 11)
        #expect(generator.tokens == whole)
        let conversation = whole + [7, 8, 9]
        try generator.prefill(conversation)
        try generator.finish(maxTokens: 20)
        var new = try self.generator(model, rule)
        try new.prefill(conversation)
        try new.finish(maxTokens: 20)
        #expect(generator.tokens == new.tokens)
        #expect(generator.logitHashes == new.logitHashes)
    }

    /// - Parameter exitBlock: the exit with a block of its own; 0 for none.
    @Test(arguments: 1...4, [0, 1, 2, 3]) func textsTogether(seed: UInt64, exitBlock: Int) throws {
        var sample = SampleModel.all[0].withExitBlock(at: exitBlock)
        (sample.configuration.layerCount, sample.configuration.contextLength) = (5, 60)
        let model =
            exitBlock == 0
            ? try tinyLlama(layers: 5, contextLength: 60, seed: seed)
            : try sample.model(seed: seed, on: ComputeContext(threads: 1))
        var engine = Engine(model)
        var texts: [TokenStream] = []
        var alone: [DecodingRun] = []
        for (index, rule) in (Self.rules.map { Optional($0) } + [nil, nil]).enumerated() {
            let prompt = [Token(index), 2, 5]
            let exitLayer = index == 7 ? 3 : nil
            let drafter: any Drafter =
                index == 6 ? try EarlyExitDrafter(exitLayer: 2, draftLength: 3, for: model) : NoDrafter()
            let text = try engine.makeText(
                exitLayer: exitLayer, exitRule: rule, drafter: drafter, hashesLogits: true)
            try engine.prefill(text, prompt)
            texts.append(text)
            var single = try Generator(
                model, exitLayer: exitLayer, exitRule: rule, drafter: drafter, hashesLogits: true)
            try single.prefill(prompt)
            try single.finish(maxTokens: 30)
            alone.append(DecodingRun(single, comparesCache: false))
        }
        while let unfinished = Optional(texts.filter { $0.tokens.count < 33 }), !unfinished.isEmpty {
            for text in unfinished { text.limit = 33 - text.tokens.count }
            engine.step(unfinished)
        }
        for (index, text) in texts.enumerated() {
            #expect(text.tokens == alone[index].tokens, "text \(index)")
            #expect(text.logitHashes == alone[index].logitHashes, "text \(index)")
        }
    }

    @Test func wrongRules() throws {
        let model = try tinyLlama(layers: 3)
        for rule in [
            ExitRule(exitLayers: [], threshold: .confidence(0.5)),
            ExitRule(exitLayers: [0], threshold: .confidence(0.5)),
            ExitRule(exitLayers: [1], threshold: .confidence(1.1)),
            ExitRule(exitLayers: [1], threshold: .confidence(.nan)),
            ExitRule(exitLayers: [1], threshold: .entropy(-1)),
            ExitRule(exitLayers: [1], threshold: .entropy(.infinity)),
        ] {
            #expect(throws: GenerationError.self) { _ = try Engine(model).makeText(exitRule: rule) }
        }
        #expect(throws: ExitLayerError.self) {
            _ = try Engine(model).makeText(exitRule: ExitRule(exitLayers: [1, 4], threshold: .entropy(1)))
        }
    }

    /// The curve says of a text, read as a whole, what decoding does with it token by token.
    @Test(arguments: 0..<6) func outcomesAreThoseOfDecoding(index: Int) throws {
        let rule = Self.rules[index]
        let model = try tinyLlama(layers: 5, contextLength: 90, seed: UInt64(index))
        var random = SeededGenerator(seed: 7)
        let text = random.tokens(80, vocabularySize: model.vocabularySize)
        let trace = try #require(
            try ExitRuleTrace(model, on: text, exitLayers: rule.exitLayers, measure: rule.threshold, window: 90))
        let outcome = trace.outcome(of: rule.threshold)
        var generator = try generator(model, rule)
        try generator.replay(text)
        try generator.prefill([text[0]])
        try generator.finish(maxTokens: 79)
        #expect(generator.tokens == text)
        #expect(outcome.tokensByExit == generator.statistics.tokensByExit)
        #expect(outcome.tokens == 79)
        let evaluation = try #require(try ExitEvaluation.evaluate(model, on: text, window: 90))
        #expect(abs(trace.plain.loss - evaluation.exits[4].loss) < 1e-9)
        #expect(trace.plain.accuracy == evaluation.exits[4].accuracy)
        #expect(trace.plain.agreement == 1)
        if rule.threshold == .confidence(0) {
            #expect(abs(outcome.loss - evaluation.exits[0].loss) < 1e-9)
            #expect(outcome.agreement == evaluation.exits[0].agreement)
        }
    }

    @Test func halfOfTheLayers() throws {
        let model = try tinyLlama(layers: 6, contextLength: 90)
        var random = SeededGenerator(seed: 7)
        let text = random.tokens(88, vocabularySize: model.vocabularySize)
        for measure in [ExitRule.Threshold.confidence(0), .entropy(0)] {
            let trace = try #require(
                try ExitRuleTrace(model, on: text, exitLayers: [1, 2, 4], measure: measure, window: 90))
            let half = try #require(trace.thresholdOfHalf(measure))
            #expect((2.9...3).contains(trace.outcome(of: half).layersPerToken))
            let late = try #require(
                try ExitRuleTrace(model, on: text, exitLayers: [4], measure: measure, window: 90))
            #expect(late.thresholdOfHalf(measure) == nil)
        }
    }
}
