import LanguageModels
import TensorCore
import TestSupport
import Testing

/// Serialized, since each test needs 540 MB.
@Suite("SmolLM2 in F32 against PyTorch", .serialized, .enabled(if: SmolLM2.isWanted))
struct SmolLM2ReferenceTests {
    @Test func logitsAgree() throws {
        let golden = try SmolLM2.golden()
        let model = try SmolLM2.inF32()
        for prompt in golden.prompts {
            var cache = KVCache(for: model, format: .f32)
            let ours = model.logits(prompt.tokens, &cache)
            for (position, theirs) in zip(prompt.positions, prompt.logits) {
                let row = Array(ours.row(position))
                let error = relativeError(golden.sampledIds.map { row[$0] }, theirs)
                #expect(error < 1e-4, "\(prompt.name), position \(position)")
            }
            if let lastRow = prompt.lastRow {
                let error = relativeError(ours.row(ours.rows - 1), try Goldens.floats(lastRow))
                #expect(error < 1e-4, "\(prompt.name), all logits")
            }
        }
    }

    @Test func greedyTokensAreEqual() throws {
        let model = try SmolLM2.inF32()
        for prompt in try SmolLM2.golden().prompts {
            let tokens = try model.greedy(after: prompt.tokens, count: prompt.greedy.count)
            #expect(tokens == prompt.greedy, "\(prompt.name)")
        }
    }
}
