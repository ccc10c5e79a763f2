import LanguageModels
import Testing

@testable import TokenDecoding

/// Drafts never overrun the caller's limit or the context.
@Suite struct DraftLimitTests {
    @Test(arguments: [1, 2, 3, 8], [2, 5, 30])
    func reportedDrafts(draftLength: Int, contextLength: Int) throws {
        let model = try MockModel(contextLength: contextLength)
        for limit in 1...10 {
            var generator = try Generator(
                model, drafter: EarlyExitDrafter(exitLayer: 1, draftLength: draftLength, for: model))
            try generator.prefill([5])
            while generator.room > 0 {
                let expected = min(draftLength, limit - 1, generator.room - 1)
                let before = generator.tokens
                var drafts: [Token] = []
                let next = Array(try generator.nextRound(limit: limit) { token, _ in drafts.append(token) }.tokens)
                #expect(drafts.count == expected)
                #expect((1...min(limit, expected + 1)).contains(next.count))
                #expect(generator.tokens == before + next)
                #expect(generator.text.cacheLengths.allSatisfy { $0 == generator.tokens.count - 1 })
                // Accepted tokens equal the drafts, and the first rejected draft differs.
                #expect(next.dropLast() == drafts.prefix(next.count - 1))
                if next.count <= drafts.count { #expect(next.last != drafts[next.count - 1]) }
            }
            #expect(generator.tokens.count == contextLength)
        }
    }

    /// A draft length of 0, or an exit after all layers, is plain decoding without drafts or counts.
    @Test(arguments: [(1, 0), (3, 5), (3, 0)])
    func nothingToDraft(exitLayer: Int, draftLength: Int) throws {
        let model = try MockModel(layerCount: 3)
        let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
        var generator = try Generator(model, drafter: drafter)
        try generator.prefill([1, 2])
        for _ in 0..<10 {
            let next = try generator.nextRound(limit: 9) { _, _ in Issue.record("drafted") }.tokens
            #expect(next.count == 1)
        }
        #expect(generator.statistics.rounds == 10)
        #expect(generator.statistics.draftedByPosition.isEmpty)
    }

    @Test(arguments: [-1, 0, 4, 100])
    func exitLayerOutOfRange(exitLayer: Int) throws {
        let model = try MockModel(layerCount: 3)
        let drafting = #expect(throws: ExitLayerError.self) {
            try EarlyExitDrafter(exitLayer: exitLayer, draftLength: 1, for: model)
        }
        let exiting = #expect(throws: ExitLayerError.self) {
            _ = try Generator(model, exitLayer: exitLayer, drafter: NoDrafter())
        }
        let text = """
            exit layer: expected 1...3 (the number of layers to run), found \(exitLayer); choose one of the \
            model's 3 layers
            """
        #expect(drafting?.description == text && exiting?.description == text)
    }
}
