/// A step that splits a text into words, as in the `pre_tokenizer` of a tokenizer.json.
package enum PreTokenizerStep: Hashable, Sendable {
    /// Represents bytes by the characters of GPT-2's alphabet.
    ///
    /// - Parameters:
    ///   - addsPrefixSpace: whether a space is added before a piece that does not begin with one.
    ///   - splits: whether GPT-2's rule splits the pieces.
    case byteLevel(addsPrefixSpace: Bool, splits: Bool)
    /// Splits at a pattern's matches or, inverted, at the text between them.
    case split(TextPattern, SplitBehavior, inverted: Bool)
    case digits(individually: Bool)
    case punctuation(SplitBehavior)
    /// Replaces spaces by a mark, and may split before each.
    case metaspace(mark: String, prepend: PrependScheme, splits: Bool)
    /// `\w+|[^\w\s]+`; the whitespace between is dropped.
    case whitespace
    /// Splits at whitespace, which is dropped.
    case whitespaceSplit
    /// Splits at a character, which is dropped.
    case delimiter(String)
}

/// What becomes of the text that splits two pieces.
package enum SplitBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
}

/// The pieces before which a mark for a space is added.
package enum PrependScheme: String, Sendable {
    case always, never
    /// Only the first piece of a text.
    case first
}
