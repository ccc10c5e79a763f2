public import LanguageModels

/// What one step gave one text.
///
/// Its tokens and confidences are views of the text's own memory. Let go of a round before the next step: kept, it
/// would make that step copy them.
public struct Round: Sendable {
    /// The new tokens, at least one: the accepted drafts, then one that the full model chose.
    public let tokens: ArraySlice<Token>
    /// How many tokens were drafted.
    public let drafted: Int
    /// How many of them were accepted.
    public let accepted: Int
    /// What drafted; nil where nothing did.
    public let origin: DraftOrigin?
    /// See ``DraftingContext/confidences``.
    public let confidences: [Double]
    /// How long the step took, for all its texts.
    public let seconds: Double
}
