package import LanguageModels
package import TokenDecoding

extension TextSession {
    /// Continues a prompt by given tokens, which are taken in place of those that the model chooses; after them, it
    /// chooses.
    ///
    /// - Throws: ``GenerationError`` if the prompt does not fit, a token is unknown, or the model's numbers are no
    ///   longer finite.
    package func generate(_ prompt: [Token], replaying tokens: [Token]) throws(GenerationError) -> GenerationResult {
        try generator.replay(prompt + tokens)
        defer { generator.endReplay() }
        return try generate(prompt)
    }
}
