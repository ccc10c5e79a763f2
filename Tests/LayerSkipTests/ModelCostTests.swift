import LayerSkip
import TestSupport
import Testing

@Suite("Cost of a model's passes")
struct ModelCostTests {
    @Test func everyPartIsMeasured() throws {
        let model = try TinyModel.shared.get()
        var calls: [[Int]] = []
        let measured = try ModelCost.measure(model, depth: 300, rounds: 2) { done, total in
            calls.append([done, total])
            return true
        }
        let cost = try #require(measured)
        #expect(calls.first == [0, 2] && calls.last == [2, 2] && Set(calls) == [[0, 2], [1, 2], [2, 2]])
        #expect(cost.rounds == 2)
        #expect(cost.weightByteCount == model.model.weightByteCount)
        let decoding = try #require(cost.decoding)
        #expect(decoding.depth == 300)
        #expect(decoding.tokensPerSecond > 0 && decoding.shareOfReadSpeed > 0)
        #expect(try #require(cost.prefillTokensPerSecond) > 0)
        let passes = try #require(cost.passes)
        #expect(passes.costs.map(\.tokens) == [1, 2, 3, 4, 6, 8, 12, 16])
        // The unit is the fastest pass, so one pass costs exactly 1, and none costs less.
        #expect(passes.costs.contains { $0.cost == 1 })
        #expect(passes.headCost > 0)
        #expect(passes.draftCosts.count == 3)
        #expect(passes.draftCosts.allSatisfy { $0 > 0 })
    }

    @Test func onlyWhatWasAskedForIsMeasured() throws {
        let model = try TinyModel.shared.get()
        let cost = try #require(try ModelCost.measure(model, [.prefill], rounds: 1))
        #expect(cost.prefillTokensPerSecond != nil)
        #expect(cost.decoding == nil && cost.passes == nil)
    }

    /// A part needs only as much context as it reads.
    @Test func shortContexts() throws {
        var file = TinyLlamaFile()
        file.contextLength = 200
        let model = try TinyModel.load(file.writer())
        #expect(try ModelCost.measure(model, [.passes, .decode], rounds: 1) != nil)
        let error = #expect(throws: GenerationError.self) { try ModelCost.measure(model, rounds: 1) }
        #expect(error?.description.contains("expected 512 or more tokens to measure prefill, found 200") == true)
        #expect(error?.description.contains("leave out the part prefill") == true)
    }

    /// One thread opens no regions; for two threads, all layers share one.
    @Test func regionsAreCounted() throws {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        try TinyLlamaFile().write(to: path)
        for (threads, opens) in [(1, false), (2, true)] {
            let model = try TextModel(path: path, threads: threads)
            let regions = try #require(try ModelCost.measure(model, [], rounds: 1)).regions
            #expect(regions.count == (opens ? 1 : 0))
            #expect((regions.perLayer > 0) == opens && (regions.stepsPerLayer >= 4) == opens)
        }
    }

    /// At any time: during prefill to the depth, within a round, or between rounds.
    @Test(arguments: 0...6) func progressMayStop(calls: Int) throws {
        let model = try TinyModel.shared.get()
        var remaining = calls
        let cost = try ModelCost.measure(model, depth: 300, rounds: 2) { _, _ in
            remaining -= 1
            return remaining >= 0
        }
        #expect(cost == nil)
        #expect(remaining < 0)
    }

    @Test(arguments: [(-1, 1), (400, 1), (0, 0)]) func whatCannotBeMeasuredIsAnError(depth: Int, rounds: Int) throws {
        let model = try TinyModel.shared.get()
        #expect(throws: GenerationError.self) { try ModelCost.measure(model, depth: depth, rounds: rounds) }
    }
}
