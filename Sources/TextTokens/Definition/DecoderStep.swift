/// A step that turns tokens back into text, as in the `decoder` of a tokenizer.json.
package enum DecoderStep: Hashable, Sendable {
    /// Turns the characters of GPT-2's alphabet into bytes.
    case byteLevel
    /// Turns tokens such as `<0x0A>` into bytes.
    case byteFallback
    /// Joins the tokens, so that later steps see a single text.
    case fuse
    case replace(TextPattern, with: String)
    /// Removes a character up to this many times at the ends: of each token or, after ``fuse``, of the text.
    case strip(String, start: Int, stop: Int)
    /// Turns marks into spaces, and drops those of the first token unless no mark was added before the text.
    case metaspace(mark: String, prepend: PrependScheme)
    /// All that SentencePiece does: a text for unknown tokens, bytes, and spaces for marks.
    case sentencePiece(unknown: String, drops: DroppedSpaces)
}

/// The spaces that SentencePiece drops at the start of a decoded text.
package enum DroppedSpaces: Hashable, Sendable {
    case none, first
    /// One of each token, until there is text.
    case eachOfLeadingTokens
}
