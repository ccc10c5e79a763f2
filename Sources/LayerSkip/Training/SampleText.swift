import LanguageModels
import TextTokens
import TokenDecoding

/// Texts that a model in training writes: greedy, without drafts.
struct SampleText: Sendable {
    private let definition: TokenizerDefinition

    init(_ definition: TokenizerDefinition) { self.definition = definition }

    /// Continues a text by at most `limit` tokens, up to a token that ends texts.
    @Sendable func continuation(of model: LoadedModel, _ prompt: String, limit: Int) throws -> String {
        let tokenizer = try Tokenizer(definition)
        let ids = try tokenizer.encode(prompt: prompt)
        guard !ids.isEmpty, ids.count < model.contextLength else { return "" }
        let ends = tokenizer.endOfTextTokens
        var generator = try Generator(
            model, drafter: NoDrafter(), context: min(model.contextLength, ids.count + limit))
        _ = try generator.write(
            after: ids, limit: limit,
            each: { round in round.tokens.contains(where: ends.contains) ? round.tokens.count : nil })
        let written = generator.tokens.dropFirst(ids.count).prefix { !ends.contains($0) }
        return String(decoding: written.flatMap(tokenizer.bytes), as: UTF8.self)
    }
}
