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
    /// SentencePiece's table of replacements as Hugging Face's tokenizers apply it (`Precompiled`): to clusters of at
    /// most 5 bytes, otherwise to single characters.
    case precompiled([UInt8])
    /// All that SentencePiece does to a text.
    case sentencePiece(SentencePieceRules)
}

/// How SentencePiece rewrites a text, as in the `normalizer_spec` of a tokenizer.model.
package struct SentencePieceRules: Hashable, Sendable {
    /// The table of replacements: the size of a double-array trie, the trie, and the replacements. Empty for none.
    package var charsmap: [UInt8] = []
    /// Whether a space is added to a text that is not empty.
    package var addsDummySpace = true
    /// Whether the added space follows the text instead of preceding it (`treat_whitespace_as_suffix`).
    package var addsSpaceAtEnd = false
    /// Whether runs of spaces become one, and those at the ends are removed (`remove_extra_whitespaces`).
    package var collapsesSpaces = true
    /// The texts that the table does not change: those of user-defined pieces.
    package var keptTexts: [String] = []

    package init() {}
}

/// What a step searches for.
package enum TextPattern: Hashable, Sendable {
    /// This text.
    case text(String)
    /// A regular expression, with Oniguruma's syntax and meaning.
    case regex(String)
}
