import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Texts stepped together get bit for bit the same tokens, logits and cache as alone.
@Suite struct BatchTests {
    /// One text's settings.
    private struct Plan {
        var prompt: [Token]
        var exitLayer: Int?
        var drafter: any Drafter
        var sampling: Sampling
        var acceptance: Acceptance
        /// The limit of each round.
        var limits: [Int]
        /// The step at which the text joins.
        var start: Int
        /// The most tokens of the text, which LongRoPE is chosen by.
        var context: Int

        init<Model: LanguageModel>(
            _ random: inout SeededGenerator, _ model: Model, _ parts: DraftParts<Model>, longestPrompt: Int
        ) throws {
            prompt = random.tokens(random.int(1...longestPrompt), vocabularySize: model.vocabularySize)
            exitLayer = random.chance(0.2) ? random.int(1...model.layerCount) : nil
            let layers = exitLayer ?? model.layerCount
            let length = random.int(1...7)
            switch random.int(0...3) {
            case 1...2:
                drafter = RandomDrafter(
                    &random, exitLayers: layers > 1 ? [random.int(1...layers - 1)] : [], draftLength: length,
                    for: model, parts: layers == model.layerCount ? parts : DraftParts())
            case 0 where layers == model.layerCount && layers > 1:
                drafter = try EarlyExitDrafter(
                    exitLayer: random.int(1...layers - 1), draftLength: length, for: model)
            default: drafter = NoDrafter()
            }
            sampling = random.element(LlamaEqualityTests.samplings)
            acceptance = random.chance(0.7) ? .coupled : .rejection
            limits = (0..<random.int(1...12)).map { _ in 1 }
            let cuts = random.chance(0.3)
            for index in limits.indices { limits[index] = cuts ? random.int(1...9) : .max }
            start = random.int(0...6)
            context =
                random.chance(0.5)
                ? model.contextLength : random.int(min(prompt.count + 1, model.contextLength)...model.contextLength)
        }

        func text<Model: LanguageModel>(_ engine: inout Engine<Model>) throws -> TokenStream {
            let text = try engine.makeText(
                exitLayer: exitLayer, drafter: drafter, sampling: sampling, acceptance: acceptance, context: context,
                hashesLogits: true)
            try engine.prefill(text, prompt)
            return text
        }
    }

    /// Decodes each text alone.
    private func alone<Model: LanguageModel>(
        _ model: Model, _ parts: DraftParts<Model>, _ plan: Plan, _ format: CacheFormat
    ) throws -> DecodingRun {
        var engine = Engine(model, parts: parts, cacheFormat: format)
        let text = try plan.text(&engine)
        for limit in plan.limits where text.room > 0 {
            text.limit = limit
            engine.step([text])
        }
        return DecodingRun(text)
    }

    /// Decodes all texts together; they join and leave as planned, and sometimes skip a step.
    private func together<Model: LanguageModel>(
        _ model: Model, _ parts: DraftParts<Model>, _ plans: [Plan], _ format: CacheFormat,
        _ random: inout SeededGenerator
    ) throws -> [DecodingRun] {
        var engine = Engine(model, parts: parts, cacheFormat: format)
        var texts: [TokenStream?] = plans.map { _ in nil }
        var runs: [DecodingRun?] = plans.map { _ in nil }
        var done = plans.map { _ in 0 }
        var step = 0
        while runs.contains(where: { $0 == nil }) {
            var active: [TokenStream] = []
            var origins: [Int] = []
            for (index, plan) in plans.enumerated() where runs[index] == nil && step >= plan.start {
                let text = try texts[index] ?? plan.text(&engine)
                texts[index] = text
                guard done[index] < plan.limits.count, text.room > 0 else {
                    runs[index] = DecodingRun(text)
                    // Its pages are reused by the next text that joins.
                    texts[index] = nil
                    continue
                }
                guard random.chance(0.8) else { continue }
                text.limit = plan.limits[done[index]]
                done[index] += 1
                active.append(text)
                origins.append(index)
            }
            var reported = active.map { _ in 0 }
            engine.step(active) { index, _, _ in reported[index] += 1 }
            for (index, text) in active.enumerated() {
                let round = try #require(text.round)
                #expect(round.drafted == reported[index] && round.tokens.count == round.accepted + 1)
            }
            step += 1
        }
        return runs.compactMap { $0 }
    }

    @Test(arguments: KernelTable.available, 0..<4)
    func batches(table: KernelTable, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &* 7919 &+ 13)
        for _ in 0..<(table.name == "scalar" ? 3 : 8) {
            // Some prompts are longer than a page of the cache.
            let isLong = random.chance(0.3)
            let context = ComputeContext(kernels: table, pool: ThreadPool(threads: random.int(1...3)))
            let layers = random.int(1...5)
            func model(seed: UInt64) throws -> Transformer {
                try tinyLlama(layers: layers, contextLength: isLong ? 600 : 40, seed: seed, on: context)
            }
            try expectEqual(
                model(seed: random.next()), lowBit: model(seed: random.next()), longestPrompt: isLong ? 530 : 35,
                &random)
        }
    }

    /// Every architecture. Layers have different windows, and texts have different contexts.
    @Test(arguments: KernelTable.available, SampleModel.all + SampleModel.withExitBlocks.prefix(3))
    func architectures(table: KernelTable, sample: SampleModel) throws {
        var random = SeededGenerator(seed: 97)
        for isLong in table.name == "scalar" ? [false] : [false, false, true] {
            var sample = sample
            if isLong {
                sample.configuration.contextLength = 600
                sample.configuration.slidingWindow?.size = 250
            }
            let context = ComputeContext(kernels: table, pool: ThreadPool(threads: random.int(1...3)))
            try expectEqual(
                sample.model(seed: random.next(), on: context), lowBit: sample.model(seed: random.next(), on: context),
                longestPrompt: isLong ? 530 : 35, &random)
        }
    }

    /// - Parameter lowBit: drafts in place of a copy in smaller formats. It seldom agrees, so what it leaves in the cache
    ///   would be noticed.
    private func expectEqual(
        _ model: Transformer, lowBit: Transformer, longestPrompt: Int, _ random: inout SeededGenerator
    ) throws {
        let format = random.element(CacheFormat.allCases)
        var parts = DraftParts(lowBit: random.chance(0.7) ? lowBit : nil)
        if random.chance(0.7) { parts.vocabulary = model.draftVocabulary(random.vocabulary(of: model)) }
        let plans = try (0..<random.int(1...9)).map { _ in
            try Plan(&random, model, parts, longestPrompt: longestPrompt)
        }
        let found = try together(model, parts, plans, format, &random)
        for (plan, run) in zip(plans, found) {
            // A draft vocabulary also has the tokens of other texts, so rounds may give more or fewer tokens.
            let alone = try alone(model, parts, plan, format)
            #expect(parts.vocabulary == nil ? run == alone : run.agrees(with: alone), "\(plan)")
        }
    }

    /// Whatever the drafter, greedy and coupled texts equal the plain text of their layers.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func randomDraftsChangeNothing(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let model = try MockModel(layerCount: 4, disagreement: 0.7, seed: seed)
        let parts = DraftParts(
            lowBit: try MockModel(layerCount: 4, disagreement: 1, seed: seed),
            vocabulary: model.draftVocabulary(random.vocabulary(of: model)))
        for sampling in EqualityTests.samplings {
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: EqualityTests.prompt)
            for _ in 0..<3 {
                let drafter = RandomDrafter(&random, exitLayers: [1, 2, 3], draftLength: 6, for: model, parts: parts)
                let run = try DecodingRun(model, parts: parts, drafter, sampling, prompt: EqualityTests.prompt)
                #expect(run == plain, "\(sampling)")
            }
        }
    }

    /// Only the text whose logits stop being finite fails.
    @Test func aFailureIsOnesOwn() throws {
        let model = try MockModel(contextLength: 20)
        let prompts: [[Token]] = [[3, 1, 4], [1, 5], [9, 2, 6]]
        let expected = try prompts.map { try DecodingRun(model, NoDrafter(), prompt: $0) }
        let failing = Array(expected[1].tokens.prefix(8))
        let damaged = try model.damaged(after: failing, layers: model.layerCount, value: .nan)
        var engine = Engine(damaged)
        let texts = try prompts.map { prompt in
            let text = try engine.makeText(
                drafter: EarlyExitDrafter(exitLayer: 1, draftLength: 3, for: damaged), hashesLogits: true)
            try engine.prefill(text, prompt)
            return text
        }
        while case let open = texts.filter({ $0.failure == nil && $0.room > 0 }), !open.isEmpty { engine.step(open) }
        #expect(texts[1].failure == .nonFiniteLogits(position: 8) && texts[1].round == nil)
        for index in [0, 2] { #expect(DecodingRun(texts[index], comparesCache: false) == expected[index]) }
    }

    /// Pages of finished texts are reused by new ones.
    @Test func pagesAreReused() throws {
        let model = try tinyLlama(contextLength: 600)
        let pool = CachePagePool()
        func fill(_ count: Int) {
            var cache = KVCache(for: model, pool: pool)
            _ = model.run(0..<model.layerCount, model.embed(Array(repeating: 1, count: count)), &cache)
            #expect(cache.byteCount == (count + 255) / 256 * KVCache.pageByteCount(for: model, format: .standard))
        }
        fill(300)
        let bytes = pool.freeByteCount
        #expect(bytes == 2 * KVCache.pageByteCount(for: model, format: .standard))
        fill(10)
        fill(512)
        #expect(pool.freeByteCount == bytes)
    }
}
