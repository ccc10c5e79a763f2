package import LanguageModels
package import TensorCore

/// What each early exit drafts along a text that the full model wrote.
///
/// The exits read the text itself, in one pass over all its tokens. A draft counts only up to its first token that
/// differs from the text, and until then the exit has read nothing but the text. So this pass says exactly which drafts
/// of any length are accepted at any position.
package struct ExitTrace: Sendable {
    /// The numbers of layers that draft, in ascending order.
    package let exitLayers: [Int]
    /// For each exit, whether its own token is the text's, at each position after the prompt. An exit without finite
    /// logits has no token there.
    package private(set) var agreements: [[Bool]]
    /// The mean time in seconds of choosing a token from its logits.
    package let choosingSeconds: Double

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: a prompt, and what the full model wrote after it.
    ///   - promptCount: the number of tokens of the prompt, at least 1.
    ///   - exitLayers: numbers of layers. For a copy of the model in smaller formats, all layers may draft; this is then
    ///     an estimate, because the copy has read the text itself, where in decoding it reads on from what the model read.
    ///   - sampling: how the text was sampled, with coupled acceptance.
    ///   - context: as of the text; see ``Engine/makeText(exitLayer:drafter:sampling:acceptance:context:hashesLogits:)``.
    ///   - shouldContinue: called before each chunk of tokens.
    /// - Returns: nil if `shouldContinue` returned false.
    /// - Throws: ``GenerationError`` if a sampling option is out of range.
    package init?(
        _ model: some LanguageModel, text: [Token], promptCount: Int, exitLayers: [Int], sampling: Sampling,
        cacheFormat: CacheFormat = .standard, context: Int? = nil, shouldContinue: () -> Bool = { true }
    ) throws(GenerationError) {
        self.exitLayers = exitLayers.sorted()
        agreements = Array(repeating: [], count: exitLayers.count)
        guard let deepest = self.exitLayers.last, promptCount < text.count else {
            choosingSeconds = 0
            return
        }
        var sampler = try Sampler(sampling, acceptance: .coupled, vocabularySize: model.vocabularySize)
        sampler.remember(text[..<promptCount])
        var cache = KVCache(for: model, layerCount: deepest, format: cacheFormat, context: context)
        var (seconds, choices) = (0.0, 0)
        // The row of each token gives the logits of the next one.
        let firstRow = promptCount - 1
        var start = 0
        while start < text.count - 1 {
            guard shouldContinue() else { return nil }
            let border = start < firstRow ? firstRow : text.count - 1
            let rows = start..<min(start + prefillChunk, border)
            var x = model.embed(text.span.extracting(rows))
            var layer = 0
            for (index, exit) in self.exitLayers.enumerated() {
                let passed = model.runToExit(layer..<exit, x, &cache)
                (x, layer) = (passed.hidden, exit)
                guard start >= firstRow else { continue }
                let logits = model.logits(passed.output)
                let stopwatch = Stopwatch()
                for row in rows {
                    let next = row + 1
                    let token = try? sampler.distribution(
                        logits, row: row - start, position: next, after: text[promptCount..<next], on: model.compute)
                    agreements[index].append(
                        token.map { sampler.draw($0, at: next, for: .draft) } == text[next])
                }
                seconds += stopwatch.seconds
                choices += rows.count
            }
            start = rows.upperBound
        }
        choosingSeconds = seconds / Double(choices)
    }
}
