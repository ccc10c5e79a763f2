import LanguageModels
import TensorCore
import TestSupport
import Testing

@testable import TokenDecoding

/// No result is computed that is not used.
@Suite struct WorkTests {
    private static let prompt: [Token] = [1, 2, 3, 4, 5, 6]

    /// A prefill computes no logits: the first round computes those of the last token.
    @Test(arguments: [1, 2, 64]) func prefill(chunk: Int) throws {
        let model = CountingModel(try MockModel())
        var generator = try Generator(model, drafter: NoDrafter())
        try generator.prefill(Self.prompt, chunk: chunk)
        #expect(model.counts == .init(embedded: 5, head: 0, blocks: [5, 5, 5]))
    }

    @Test func plainDecoding() throws {
        let model = CountingModel(try MockModel())
        var generator = try Generator(model, drafter: NoDrafter())
        try generator.prefill(Self.prompt)
        try generator.finish(maxTokens: 10)
        #expect(model.counts == .init(embedded: 15, head: 10, blocks: [15, 15, 15]))
    }

    /// In a round with d drafts, d + 1 rows pass each layer once, and the head sees d drafts and d + 1 rows to verify.
    @Test(arguments: [1, 2], [1, 2, 5, 9]) func selfSpeculation(exitLayer: Int, draftLength: Int) throws {
        let model = CountingModel(try MockModel())
        let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
        var generator = try Generator(model, drafter: drafter)
        try generator.prefill(Self.prompt)
        try generator.finish(maxTokens: 40)
        let rows = generator.statistics.drafted + generator.statistics.rounds
        let all = Self.prompt.count - 1 + rows
        #expect(generator.statistics.drafted > 0)
        #expect(
            model.counts
                == .init(
                    embedded: all, head: generator.statistics.drafted + rows, blocks: Array(repeating: all, count: 3)))
    }

    /// An exit block runs on the rows of drafts at its exit, and stores keys and values of all others.
    @Test(arguments: [1, 2, 3], [1, 5]) func exitBlock(exitLayer: Int, draftLength: Int) throws {
        let sample = SampleModel.all[0].withExitBlock(at: 2)
        let model = CountingModel(try sample.model(on: ComputeContext(threads: 1)))
        let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
        var generator = try Generator(model, drafter: drafter)
        try generator.prefill(Self.prompt)
        try generator.finish(maxTokens: 30)
        let (drafted, rounds) = (generator.statistics.drafted, generator.statistics.rounds)
        let all = Self.prompt.count - 1 + drafted + rounds
        let ran = exitLayer == 2 ? drafted : 0
        #expect(
            model.counts
                == .init(
                    embedded: all, head: 2 * drafted + rounds, blocks: [all, all, all, all, ran], stored: all - ran))
    }
}
