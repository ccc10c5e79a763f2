import LanguageModels
import TestSupport
import Testing

@Suite("SmolLM2 as it is stored, against PyTorch in f32", .serialized, .enabled(if: SmolLM2.isWanted))
struct SmolLM2QuantizedTests {
    /// Quantizing activations costs next to nothing: the page is as likely as with f32 activations.
    @Test(arguments: 0..<3) func pagesAreAsLikely(page: Int) throws {
        let page = try SmolLM2.golden().pages[page]
        let model = try SmolLM2.asStored()
        let evaluation = try #require(try ExitEvaluation.evaluate(model, on: page.tokens, window: page.tokens.count))
        #expect(evaluation.tokenCount == page.tokens.count - 1)
        for expected in page.exits {
            let exit = evaluation.exits[expected.layers - 1]
            let ratio = exit.negativeLogLikelihood / expected.meanNll
            // The early exits of a model that was not trained for them amplify any difference.
            let tolerance = expected.layers == model.layerCount ? 0.01 : 0.03
            #expect(abs(ratio - 1) < tolerance, "\(page.file), exit \(exit.exit)")
        }
    }
}
