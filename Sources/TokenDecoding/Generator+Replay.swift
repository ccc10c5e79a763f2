package import LanguageModels

extension Generator {
    /// Replays a text: at each of its positions, its token is taken in place of the one that the model chooses. It must
    /// begin with the prompt.
    ///
    /// The rate of accepted drafts is then that of a given text, such as a person's, and the work is that of writing
    /// it.
    ///
    /// - Throws: ``GenerationError`` if the text has unknown ids.
    package mutating func replay(_ tokens: [Token]) throws(GenerationError) {
        try GenerationError.checkTokens(tokens, vocabularySize: model.vocabularySize)
        text.replayed = tokens
    }

    /// Lets the model choose all tokens again.
    package mutating func endReplay() { text.replayed = [] }
}
