import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// What texts of one engine have learned about drafts helps those of another.
@Suite struct ExperienceTests {
    private let model: MockModel
    /// Costs of a pass that grow little with its rows, so that lookups pay.
    private static let costs = CostModel(layer: [(1, 1), (101, 11)], head: [(1, 0.1), (101, 1.1)])
    /// A lookup finds the first token.
    private static let prompt: [Token] = [1, 2, 3, 1]

    init() throws { model = try MockModel(layerCount: 4, contextLength: 256) }

    /// The number of tokens that the first round after a prompt drafts.
    private func firstDraft(
        after prompt: [Token], _ experience: DraftingExperience, acceptance: Acceptance = .coupled
    ) throws -> Int {
        var engine = Engine(model, cacheFormat: .standard, learningFrom: experience)
        let text = try engine.makeText(drafter: AutoDrafter(exitLayers: [], for: model), acceptance: acceptance)
        text.learn(from: experience)
        try engine.prefill(text, prompt)
        engine.step([text])
        return text.statistics.drafted
    }

    @Test func theFirstRoundKnowsWhatPassesCost() throws {
        // Without costs, the first round measures plain decoding.
        #expect(try firstDraft(after: Self.prompt, DraftingExperience()) == 0)
        var experience = DraftingExperience()
        Engine(model, costs: Self.costs).teach(&experience)
        #expect(try firstDraft(after: Self.prompt, experience) > 0)
    }

    /// In a random text, what followed a token seldom follows it again.
    @Test(arguments: Acceptance.allCases) func rejectedLookupsAreRemembered(acceptance: Acceptance) throws {
        var engine = Engine(model, costs: Self.costs)
        var experience = DraftingExperience()
        engine.teach(&experience)
        let before = try firstDraft(after: Self.prompt, experience, acceptance: acceptance)
        #expect(before > 0)
        let text = try engine.makeText(drafter: AutoDrafter(exitLayers: [], for: model), acceptance: acceptance)
        var random = SeededGenerator(seed: 1)
        text.replayed = random.tokens(240, vocabularySize: model.vocabularySize)
        try engine.prefill(text, [text.replayed[0]])
        while text.tokens.count < text.replayed.count { engine.step([text]) }
        text.teach(&experience)
        let after = try firstDraft(after: Self.prompt, experience, acceptance: acceptance)
        // Drafts influence texts sampled with rejections, which therefore learn nothing from earlier ones.
        #expect(acceptance == .rejection ? after == before : after < before)
    }
}
