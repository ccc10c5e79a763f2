/// A step that rewrites a text before it is split into words, as in the `normalizer` of a tokenizer.json or of a
/// SentencePiece model.
package enum NormalizerStep: Hashable, Sendable {
    /// A Unicode normalization form.
    case nfc, nfd, nfkc, nfkd
    case lowercase
    /// Removes whitespace at the ends of the text.
    case strip(left: Bool, right: Bool)
    /// Removes combining marks.
    case stripAccents
    /// Adds a text before every text that is not empty.
    case prepend(String)
    case replace(TextPattern, with: String)
    /// SentencePiece's table of replacements: the size of a double-array trie, the trie, and the replacements.
    case precompiled([UInt8])
    /// Replaces runs of spaces by one, and removes those at the ends (`remove_extra_whitespaces`).
    case collapseSpaces
}

/// What a step searches for.
package enum TextPattern: Hashable, Sendable {
    /// This text.
    case text(String)
    /// A regular expression, with Oniguruma's syntax and meaning.
    case regex(String)
}
