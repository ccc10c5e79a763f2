import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// Drafts of a low-bit copy, of the draft vocabulary and of cascades.
@Suite struct DraftSourceTests {
    /// A drafter with one given step at the beginning of each round, after which the exit drafts on.
    private struct Beginning: Drafter {
        let draftLength: Int
        let path: DraftPath
        var guess: [Token]

        mutating func next(_ context: DraftingContext) -> DraftStep {
            guard context.drafted.isEmpty, !guess.isEmpty else { return .rows(path) }
            defer { guess = [] }
            return .cascade(guess[...], path)
        }
    }

    /// The tokens that the next round after a prompt drafts.
    private func drafted(
        _ model: MockModel, _ drafter: any Drafter, _ sampling: Sampling, _ acceptance: Acceptance = .coupled
    ) throws -> (tokens: [Token], statistics: DecodingStatistics) {
        var generator = try Generator(model, drafter: drafter, sampling: sampling, acceptance: acceptance)
        try generator.prefill(EqualityTests.prompt)
        var tokens: [Token] = []
        _ = try generator.nextRound(limit: .max) { token, _ in tokens.append(token) }
        return (tokens, generator.statistics)
    }

    /// A cascade drafts what the exit drafts one by one, however wrong the looked-up tokens are.
    @Test(arguments: 0..<30 as Range<UInt64>, Acceptance.allCases)
    func aCascadeIsTheExitsDraft(seed: UInt64, acceptance: Acceptance) throws {
        var random = SeededGenerator(seed: seed)
        let model = try MockModel(layerCount: 4, seed: seed)
        let path = DraftPath(layers: random.int(1...3))
        for sampling in EqualityTests.samplings {
            let length = random.int(1...8)
            let alone = EarlyExitDrafterOf(path: path, draftLength: length)
            let expected = try drafted(model, alone, sampling, acceptance).tokens
            #expect(expected.count == length)
            let guess = expected.prefix(random.int(0...length)) + random.tokens(random.int(1...3), vocabularySize: 10)
            let found = try drafted(
                model, Beginning(draftLength: length, path: path, guess: Array(guess)), sampling, acceptance)
            #expect(found.tokens == expected)
            #expect(found.statistics.sources[.cascade]?.rounds == 1)
        }
    }

    /// A drafter on one path.
    private struct EarlyExitDrafterOf: Drafter {
        let path: DraftPath
        let draftLength: Int
        mutating func next(_ context: DraftingContext) -> DraftStep { .rows(path) }
    }

    /// Rows of looked-up tokens run through the first layers together, and only those that stay run through the others.
    @Test func aCascadeRunsFewRows() throws {
        let model = CountingModel(try MockModel(layerCount: 4))
        let path = DraftPath(layers: 1)
        var generator = try Generator(model, drafter: EarlyExitDrafterOf(path: path, draftLength: 3))
        try generator.prefill(EqualityTests.prompt)
        var right: [Token] = []
        _ = try generator.nextRound(limit: .max) { token, _ in right.append(token) }

        let wrong = (right[1] + 1) % 10
        let drafter = Cascade(guess: [right[0], wrong, 1, 1, 1], path: path)
        let counted = CountingModel(try MockModel(layerCount: 4))
        var cascading = try Generator(counted, drafter: drafter)
        try cascading.prefill(EqualityTests.prompt)
        let before = counted.counts
        _ = try cascading.nextRound(limit: .max)
        let after = counted.counts
        // The pending and five looked-up tokens, of which one stays; then the exit's own token.
        #expect(after.blocks[0] - before.blocks[0] == 6 + 1)
        #expect(after.blocks[3] - before.blocks[3] == 3)
        #expect(after.head - before.head == 6 + 3)
    }

    private struct Cascade: Drafter {
        let draftLength = 8
        let guess: [Token]
        let path: DraftPath
        mutating func next(_ context: DraftingContext) -> DraftStep {
            context.drafted.isEmpty ? .cascade(guess[...], path) : .done
        }
    }

    /// What a low-bit copy stores in the cache is overwritten, and its tokens are verified by all layers.
    @Test(arguments: [1, 3]) func lowBitDraftsLeaveNoTrace(layers: Int) throws {
        let model = try tinyLlama()
        let copy = try tinyLlama(seed: 2)
        let parts = DraftParts(lowBit: copy)
        let drafter = EarlyExitDrafterOf(path: DraftPath(layers: layers, weights: .lowBit), draftLength: 5)
        for sampling in LlamaEqualityTests.samplings {
            let plain = try DecodingRun(
                model, NoDrafter(), sampling, prompt: LlamaEqualityTests.prompt, comparesCache: true)
            let run = try DecodingRun(
                model, parts: parts, drafter, sampling, prompt: LlamaEqualityTests.prompt, comparesCache: true)
            #expect(run == plain)
        }
    }

    /// With the model as its own copy, all drafts are accepted, and each token costs a pass of the copy.
    @Test func aPerfectCopyIsAccepted() throws {
        let model = try tinyLlama()
        let copy = CountingModel(model)
        let parts = DraftParts(lowBit: copy)
        let drafter = EarlyExitDrafterOf(path: DraftPath(layers: 3, weights: .lowBit), draftLength: 4)
        let counted = CountingModel(model)
        var generator = try Generator(counted, parts: parts, drafter: drafter)
        try generator.prefill(LlamaEqualityTests.prompt)
        let before = counted.counts
        for _ in 0..<3 { #expect(try generator.nextRound(limit: .max).accepted == 4) }
        #expect(copy.counts.blocks == [12, 12, 12] && copy.counts.head == 12)
        #expect(counted.counts.blocks.last == (before.blocks.last ?? 0) + 15)
        #expect(generator.statistics.sources[.lowBit]?.accepted == 12)
    }

    /// Drafts with a vocabulary are the exit's best tokens among those of the vocabulary and the text.
    @Test(arguments: 0..<20 as Range<UInt64>) func vocabulary(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let model = try MockModel(layerCount: 4, vocabularySize: 40, seed: seed)
        let vocabulary = random.vocabulary(of: model)
        let parts = DraftParts<MockModel>(vocabulary: model.draftVocabulary(vocabulary))
        let drafter = EarlyExitDrafterOf(path: DraftPath(layers: 2, usesDraftVocabulary: true), draftLength: 4)
        var generator = try Generator(model, parts: parts, drafter: drafter)
        try generator.prefill(EqualityTests.prompt)
        while generator.room > 5 {
            var text = generator.tokens
            let choices = Set(vocabulary + text)
            var expected: [Token] = []
            for _ in 0..<4 {
                let logits = model.logits(model.hiddenRow(after: text, layers: 2)).values
                let best = choices.sorted().max { logits[Int($0)] < logits[Int($1)] }
                text.append(try #require(best))
                expected.append(text[text.count - 1])
            }
            var found: [Token] = []
            _ = try generator.nextRound(limit: .max) { token, _ in found.append(token) }
            #expect(found == expected)
        }
    }
}
