package import LanguageModels

/// What drafts can run besides the model's own layers and head.
package struct DraftParts<Model: LanguageModel>: Sendable {
    /// The same model with weights in smaller formats; nil if there is none.
    package var lowBit: Model?
    /// The tokens that most drafts choose from; nil for all.
    package var vocabulary: DraftVocabulary?
    /// Whether earlier text can be copied.
    package var looksUp: Bool

    /// Creates parts; by default, only earlier text.
    package init(lowBit: Model? = nil, vocabulary: DraftVocabulary? = nil, looksUp: Bool = true) {
        self.lowBit = lowBit
        self.vocabulary = vocabulary
        self.looksUp = looksUp
    }
}
