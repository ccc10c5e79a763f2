package import LanguageModels

/// The result of one step for one text.
///
/// Its tokens and confidences share the text's memory. Release a round before the next step; otherwise that step must
/// copy them.
package struct Round: Sendable {
    /// The new tokens, at least one: the accepted drafts, then one chosen by the full model.
    package let tokens: ArraySlice<Token>
    /// The number of drafted tokens.
    package let drafted: Int
    /// The number of drafted tokens that were accepted.
    package let accepted: Int
    /// The source of the draft's first token; nil if nothing was drafted.
    package let source: DraftSource?
    /// See ``DraftingContext/confidences``.
    package let confidences: [Double]
    /// Whether the last token is one that the draft vocabulary had when the round began.
    package let isCovered: Bool
    /// The duration of the step, for all its texts.
    package let seconds: Double
}
