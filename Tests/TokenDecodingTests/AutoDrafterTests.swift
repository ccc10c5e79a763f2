import LanguageModels
import TestSupport
import Testing

@testable import TokenDecoding

/// Whatever passes cost, the text stays the full model's; and what is drafted follows the costs.
@Suite struct AutoDrafterTests {
    /// Costs that make no sense: of any size, also falling with the number of rows.
    static func costs(_ random: inout SeededGenerator) -> CostModel {
        func table(_ random: inout SeededGenerator) -> [(rows: Int, seconds: Double)] {
            (0..<random.int(1...12)).map { _ in
                (
                    random.int(1...140),
                    random.element([1e-9, 1, 1, 1, 2, 5, 1e9]) * Double.random(in: 1...2, using: &random)
                )
            }
        }
        return CostModel(
            layer: table(&random), head: table(&random), lowBitShare: random.element([nil, 0.01, 0.5, 2]),
            vocabularyShare: random.element([nil, 0.01, 0.5, 2]))
    }

    /// Tokens that are the same again and again, so that lookups find something.
    static func repetitive(_ random: inout SeededGenerator, count: Int) -> [Token] {
        let period = random.tokens(random.int(1...6), vocabularySize: 10)
        return (0..<count).map { period[$0 % period.count] }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func adversarialCosts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let model = try MockModel(
            layerCount: 4, contextLength: random.element([2, 5, 64, 200]), disagreement: random.element([0.1, 0.5, 2]),
            seed: seed)
        let lowBit = try MockModel(layerCount: 4, contextLength: model.contextLength, disagreement: 0.3, seed: seed)
        for sampling in EqualityTests.samplings {
            let prompt = Self.repetitive(&random, count: random.int(1...min(40, model.contextLength - 1)))
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: prompt)
            for exitLayers in [[], [1], [3], [4], [1, 2, 3]] {
                var parts = DraftParts(lowBit: random.chance(0.5) ? lowBit : nil)
                if random.chance(0.5) { parts.vocabulary = model.draftVocabulary(random.vocabulary(of: model)) }
                let drafter = try AutoDrafter(exitLayers: exitLayers, for: model, parts: parts)
                let run = try DecodingRun(
                    model, parts: parts, drafter, sampling, prompt: prompt, costs: Self.costs(&random))
                #expect(run == plain, "exit layers \(exitLayers), \(sampling)")
            }
        }
    }

    /// With measured costs and limits per round, too.
    @Test(arguments: 1...12)
    func measuredCosts(maxTokens: Int) throws {
        let model = try MockModel(layerCount: 4)
        for sampling in EqualityTests.samplings {
            let plain = try DecodingRun(model, NoDrafter(), sampling, prompt: [1, 2, 1, 2, 1], maxTokens: maxTokens)
            let drafter = try AutoDrafter(exitLayers: [1], for: model)
            let run = try DecodingRun(model, drafter, sampling, prompt: [1, 2, 1, 2, 1], maxTokens: maxTokens)
            #expect(run == plain)
        }
    }

    /// Counts of a text that is the same every few tokens, after `tokens` tokens.
    func statistics(
        _ model: MockModel, parts: DraftParts<MockModel> = DraftParts(), exitLayer: Int? = nil, costs: CostModel,
        sampling: Sampling = .greedy
    ) throws -> DecodingStatistics {
        var generator = try Generator(
            model, parts: parts,
            drafter: AutoDrafter(exitLayers: [exitLayer].compactMap(\.self), for: model, parts: parts),
            sampling: sampling, costs: costs)
        try generator.prefill([3, 1, 2])
        try generator.finish()
        return generator.statistics
    }

    /// Costs by which each row adds a share of one to a pass.
    func costs(
        growth: Double, head: Double = 0.1, lowBitShare: Double? = nil, vocabularyShare: Double? = nil
    ) -> CostModel {
        let table = [1, 101].map { (rows: $0, seconds: 1 + growth * Double($0 - 1)) }
        return CostModel(
            layer: table, head: table.map { ($0.rows, head * $0.seconds) }, lowBitShare: lowBitShare,
            vocabularyShare: vocabularyShare)
    }

    /// The first step of a round after a text.
    func step(_ tokens: [Token], limit: Int = 40, exitLayer: Int? = nil, _ costs: CostModel) throws -> DraftStep {
        var drafter = try AutoDrafter(exitLayers: [exitLayer].compactMap(\.self), for: MockModel(layerCount: 8))
        return drafter.next(
            DraftingContext(
                tokens: tokens, promptCount: 1, layerCount: 8, texts: 1, costs: costs, drafted: [], confidences: [],
                limit: limit, coverage: 1))
    }

    @Test func lookupsFollowTheCosts() throws {
        let repeated: [Token] = (0..<60).map { [7, 8, 9][$0 % 3] }
        func proposal(_ tokens: [Token], limit: Int = 40, growth: Double) throws -> [Token]? {
            if case .tokens(let tokens) = try step(tokens, limit: limit, costs(growth: growth)) {
                Array(tokens)
            } else {
                nil
            }
        }
        // The cheaper rows are, the longer is the draft.
        let cheap = try #require(try proposal(repeated, growth: 0.01))
        #expect(cheap == (0..<cheap.count).map { [7, 8, 9][$0 % 3] } && cheap.count == 40)
        let normal = try #require(try proposal(repeated, growth: 0.3))
        #expect(normal.count < 40 && normal.count > 1)
        #expect(try proposal(repeated, growth: 1) == nil)
        #expect(try proposal(repeated, limit: 2, growth: 0.01) == [7, 8])
        #expect(try proposal(repeated, limit: 0, growth: 0.01) == nil)
        // Nothing was written before.
        #expect(try proposal([1, 2, 3, 4, 5], growth: 0) == nil)
        // A single token that occurred before, and was followed by another each time.
        #expect(try proposal((0..<30).flatMap { [1, 10 + $0] } + [1], growth: 0.3) == nil)
        // With an exit, too, a sure lookup is cheaper.
        guard case .tokens = try step(repeated, exitLayer: 1, costs(growth: 0.1)) else {
            Issue.record("expected a lookup")
            return
        }
    }

    @Test func lookupsCanBeLeftOut() throws {
        let model = try MockModel(layerCount: 8, contextLength: 1000)
        let costs = costs(growth: 0.1)
        #expect(try statistics(model, costs: costs).sources[.lookup] != nil)
        #expect(try statistics(model, parts: DraftParts(looksUp: false), costs: costs).sources.isEmpty)
        let exit = try statistics(model, parts: DraftParts(looksUp: false), exitLayer: 1, costs: costs)
        #expect(Set(exit.sources.keys).isSubset(of: [.earlyExit]))
    }

    @Test func earlyExitFollowsTheCosts() throws {
        let model = try MockModel(layerCount: 8, contextLength: 1000, disagreement: 0.01)
        // If a further row costs as much as a pass, nothing pays.
        let dear = try statistics(model, exitLayer: 1, costs: costs(growth: 1))
        #expect(dear.sources.isEmpty)
        // An exit pays if its layers and the head are few, and if it agrees.
        var sampling = Sampling()
        sampling.temperature = 5
        let agreeing = try statistics(model, exitLayer: 1, costs: costs(growth: 0.1), sampling: sampling)
        let exit = try #require(agreeing.sources[.earlyExit])
        #expect(exit.accepted > 2 * exit.rounds)
        #expect(exit.generatedTokens > agreeing.generatedTokens / 2)
        let disagreeing = try MockModel(layerCount: 8, contextLength: 1000, disagreement: 20)
        let wrong = try #require(
            try statistics(disagreeing, exitLayer: 1, costs: costs(growth: 0.1)).sources[.earlyExit])
        #expect(wrong.rounds < 60)
        let late = try statistics(model, exitLayer: 7, costs: costs(growth: 0.1, head: 3), sampling: sampling)
        #expect(late.sources[.earlyExit] == nil)
    }

    @Test func lowBitFollowsTheCosts() throws {
        let model = try MockModel(layerCount: 8, contextLength: 1000)
        var sampling = Sampling()
        sampling.temperature = 5
        let parts = DraftParts(lowBit: try MockModel(layerCount: 8, contextLength: 1000, disagreement: 0.9))
        let cheap = try statistics(
            model, parts: parts, costs: costs(growth: 0.02, lowBitShare: 0.3), sampling: sampling)
        let drafts = try #require(cheap.sources[.lowBit])
        #expect(drafts.accepted > drafts.rounds && drafts.generatedTokens > cheap.generatedTokens / 2)
        // A copy that is as slow as the model is not used, nor one that never agrees.
        let slow = try statistics(model, parts: parts, costs: costs(growth: 0.02, lowBitShare: 1), sampling: sampling)
        #expect(slow.sources[.lowBit] == nil)
        let wrong = DraftParts(lowBit: try MockModel(layerCount: 8, contextLength: 1000, seed: 5))
        sampling.temperature = 0.5
        let tried = try statistics(
            model, parts: wrong, costs: costs(growth: 0.02, lowBitShare: 0.3), sampling: sampling)
        #expect((1...60).contains(tried.sources[.lowBit]?.rounds ?? 0))
    }

    /// A cascade pays where an exit takes long, and lookups are often wrong.
    @Test func cascadesFollowTheCosts() throws {
        let model = try MockModel(layerCount: 30, vocabularySize: 4, contextLength: 600, disagreement: 0.6)
        let found = try statistics(
            model, exitLayer: 8, costs: costs(growth: 0.1), sampling: sampling(temperature: 0.5, seed: 3))
        let cascades = try #require(found.sources[.cascade])
        #expect(cascades.rounds > 20 && cascades.accepted > cascades.rounds)
        // Rows that cost as much as a pass leave nothing to gain.
        let dear = try statistics(
            model, exitLayer: 8, costs: costs(growth: 1), sampling: sampling(temperature: 0.5, seed: 3))
        #expect(dear.sources[.cascade] == nil)
    }

    /// The last token of a cascade that reaches its limit may be the layers' own, and no agreement.
    @Test func cascadesAtTheirLimitLearn() throws {
        // Layers agree with lookups, which look as if they were seldom right.
        var experience = DraftingExperience()
        var (known, chances) = (CascadeSource(), LookupSource.Chances())
        for matchLength in 1...30 {
            for _ in 0..<50 {
                known.learn(matchLength: matchLength, proposed: 1, agreed: 1)
                known.learn(matchLength: matchLength, proposed: 1, agreed: 1, drafted: 1, accepted: 1)
                chances.add(matchLength: matchLength, isHit: false)
            }
        }
        (experience.cascade, experience.lookups) = (known, chances)
        var drafter = try AutoDrafter(exitLayers: [8], for: MockModel(layerCount: 30))
        drafter.learn(from: experience)
        let step = drafter.next(
            DraftingContext(
                tokens: [1, 2, 3, 4, 5, 1, 2], promptCount: 7, layerCount: 30, texts: 1, costs: costs(growth: 0.1),
                drafted: [], confidences: [], limit: 3, coverage: 1))
        guard case .cascade(let proposal, _) = step, Array(proposal) == [3, 4, 5] else {
            Issue.record("expected a cascade of three tokens")
            return
        }
        /// The chance that layers agree with a looked-up token, after a round that accepted these.
        func agreement(after accepted: [Token]) -> Double {
            var drafter = drafter
            drafter.learn(
                Round(
                    tokens: accepted + [9], drafted: 3, accepted: accepted.count, source: .cascade,
                    confidences: [1, 1, 1], isCovered: true, seconds: 1))
            var learned = DraftingExperience()
            drafter.teach(&learned)
            return (1...30).reduce(0) { sum, matchLength in
                sum + (learned.cascade?.expectation(matchLength: matchLength, count: 1, next: 0).agreed[1] ?? 0)
            }
        }
        #expect(agreement(after: [3, 4, 6]) < agreement(after: [3, 4, 5]))
    }

    /// The draft vocabulary is used if its head is cheaper, and its tokens suffice.
    @Test func theVocabularyFollowsTheCosts() throws {
        let model = CountingModel(
            try MockModel(layerCount: 8, vocabularySize: 50, contextLength: 1000, disagreement: 0.01))
        func rounds(vocabulary: [Token], share: Double) throws -> (part: Int, all: Int) {
            let parts = DraftParts<CountingModel<MockModel>>(vocabulary: model.draftVocabulary(vocabulary))
            var sampling = Sampling()
            sampling.temperature = 5
            var generator = try Generator(
                model, parts: parts, drafter: AutoDrafter(exitLayers: [1], for: model, parts: parts),
                sampling: sampling,
                costs: costs(growth: 0.1, head: 1, vocabularyShare: share))
            try generator.prefill([3, 1, 4])
            try generator.finish(maxTokens: 300)
            let sources = generator.statistics.sources
            return (sources[.earlyExit]?.rounds ?? 0, sources.values.reduce(0) { $0 + $1.rounds })
        }
        // Without the vocabulary, heads are too dear for drafts here.
        #expect(try rounds(vocabulary: Array(0..<50), share: 0.1).part > 10)
        #expect(try rounds(vocabulary: Array(0..<50), share: 3).part == rounds(vocabulary: [0], share: 3).part)
    }

    /// A text does not begin with a draft before a pass has been measured, and learns within a few rounds.
    @Test func theFirstRoundMeasures() throws {
        let model = try MockModel(layerCount: 4)
        var generator = try Generator(model, drafter: AutoDrafter(exitLayers: [1], for: model))
        try generator.prefill([1, 1, 1, 1, 1, 1])
        #expect(try generator.nextRound(limit: .max).drafted == 0)
    }

    /// Rejection sampling repeats its text, because its costs are fixed.
    @Test func rejectionRepeatsItsText() throws {
        let model = try MockModel(layerCount: 4)
        for seed in 0..<10 as Range<UInt64> {
            let runs = try (0..<3).map { _ in
                try DecodingRun(
                    model, AutoDrafter(exitLayers: [1], for: model), sampling(temperature: 0.9, seed: seed), .rejection,
                    prompt: [1, 2, 1, 2, 1, 2])
            }
            #expect(runs[0] == runs[1] && runs[1] == runs[2])
        }
    }

    /// Nor does it depend on what the same generator wrote before.
    @Test func rejectionForgetsEarlierTexts() throws {
        let model = try MockModel(layerCount: 4)
        for seed in 0..<20 as Range<UInt64> {
            var generator = try Generator(
                model, drafter: AutoDrafter(exitLayers: [1], for: model),
                sampling: sampling(temperature: 0.9, seed: seed),
                acceptance: .rejection)
            var texts: [[Token]] = []
            for prompt in [[1, 2, 1, 2, 1, 2], [3, 4, 4], [1, 2, 1, 2, 1, 2]] as [[Token]] {
                try generator.prefill(prompt)
                try generator.finish()
                texts.append(generator.tokens)
            }
            #expect(texts[0] == texts[2])
        }
    }

    /// Texts in one batch are those that each would be alone, sampled with rejections, too.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func severalTexts(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let model = try MockModel(layerCount: 4, disagreement: random.element([0.1, 0.5, 2]), seed: seed)
        let prompts = (0..<5).map { _ in Self.repetitive(&random, count: random.int(1...40)) }
        let costs = Self.costs(&random)
        for acceptance in Acceptance.allCases {
            let sampling = sampling(temperature: 0.9, seed: seed)
            var engine = Engine(model, costs: costs)
            let texts = try prompts.enumerated().map { index, prompt in
                let text = try engine.makeText(
                    drafter: AutoDrafter(exitLayers: index % 2 == 0 ? [1] : [], for: model), sampling: sampling,
                    acceptance: acceptance)
                try engine.prefill(text, prompt)
                return text
            }
            while case let open = texts.filter({ $0.room > 0 }), !open.isEmpty { engine.step(open) }
            for (index, text) in texts.enumerated() {
                // Only texts sampled with rejections depend on drafts.
                let drafter: any Drafter =
                    acceptance == .coupled
                    ? NoDrafter() : try AutoDrafter(exitLayers: index % 2 == 0 ? [1] : [], for: model)
                let alone = try DecodingRun(
                    model, drafter, sampling, acceptance, prompt: prompts[index], costs: costs)
                #expect(text.tokens == alone.tokens, "\(acceptance), text \(index)")
            }
        }
    }

    @Test func aShorterTextIsLookedUpAnew() throws {
        let model = try MockModel(layerCount: 4, contextLength: 200)
        var generator = try Generator(
            model, drafter: AutoDrafter(exitLayers: [1], for: model), hashesLogits: true, costs: costs(growth: 0.01))
        try generator.prefill([1, 2, 3])
        try generator.finish(maxTokens: 100)
        let text = generator.tokens
        generator.keep(20)
        try generator.finish(maxTokens: 83)
        #expect(generator.tokens == text)
        try generator.prefill([5, 5, 5])
        try generator.finish(maxTokens: 100)
        let plain = try DecodingRun(model, NoDrafter(), prompt: [5, 5, 5], maxTokens: 100)
        #expect(generator.tokens == plain.tokens)
    }

    @Test(arguments: [-1, 0, 5]) func exitLayerOutOfRange(exitLayer: Int) throws {
        let model = try MockModel(layerCount: 4)
        #expect(throws: ExitLayerError.self) { try AutoDrafter(exitLayers: [exitLayer], for: model) }
    }
}
