import LanguageModels
import TokenDecoding

/// One decoded text and a hash of the full model's logits for each of its tokens.
struct VerifiedRun {
    let tokens: [Token]
    let hashes: [UInt64]
    /// The number of tokens that were drafted.
    var draftCount = 0

    init(tokens: [Token], hashes: [UInt64]) {
        self.tokens = tokens
        self.hashes = hashes
    }

    /// Continues a prompt by the plan's number of tokens, or up to the end of the text.
    init(
        _ model: TextModel, _ strategy: DecodingStrategy, _ prompt: [Token], _ sampling: Sampling,
        _ plan: Verification.Plan
    ) throws {
        let parts = model.drafting.parts(for: strategy, .coupled, of: model.model)
        var generator = try Generator(
            model.model, parts: parts, drafter: strategy.drafter(for: model.model, parts: parts), sampling: sampling,
            cacheFormat: plan.cacheFormat,
            context: model.fittingContext(promptCount: prompt.count, maxTokens: plan.maxTokens), hashesLogits: true)
        let ends = model.tokenizer.endOfTextTokens
        _ = try generator.write(
            after: prompt, limit: plan.maxTokens,
            each: { round in
                let end = round.tokens.firstIndex { ends.contains($0) }
                return end.map { $0 - round.tokens.startIndex + 1 }
            })
        tokens = Array(generator.tokens.dropFirst(prompt.count))
        hashes = generator.logitHashes
        draftCount = generator.statistics.drafted
    }

    func token(_ position: Int) -> Token? { tokens.indices.contains(position) ? tokens[position] : nil }
}
