package import LanguageModels

/// A prompt to answer together with others.
package struct BatchRequest: Sendable {
    /// The prompt's tokens.
    package let prompt: [Token]
    /// Options for the answer.
    package let options: GenerationOptions

    /// Creates a request.
    package init(prompt: [Token], options: GenerationOptions) {
        self.prompt = prompt
        self.options = options
    }
}
