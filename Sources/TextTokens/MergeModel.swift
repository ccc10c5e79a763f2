/// Byte-pair merging, set up for one vocabulary: what a word starts as, and which neighbours merge when.
///
/// The two kinds of tokenizer differ only in how they fill this in. Byte-level BPE starts from bytes and takes its
/// priorities from a list of merges; SentencePiece-style BPE starts from characters and takes them from the scores of
/// the tokens.
///
/// A symbol is a token's id, or a number from ``tokenCount`` up for a string that merges pass through but that is no
/// token, or -1 for a character that nothing is known of.
struct MergeModel: Sendable {
    enum Start: Sendable { case bytes, characters }

    /// The strings of the symbols. Entries below ``tokenCount`` are the tokens, as they are written to text.
    var symbols: ByteStringTable
    let tokenCount: Int
    var pairs: PairTable
    let start: Start
    var preTokenizer: PreTokenizer
    /// Whether a word that is a token is that token, whatever its merges would make of it.
    var prefersWholeWords = false
    /// The symbol of each byte by itself, for words that start as bytes, and for ASCII where they start as characters.
    var byteSymbols = [Int32](repeating: -1, count: 256)
    /// The token that says each byte when no token says the character; -1 where there is none.
    var byteTokens = [Int32](repeating: -1, count: 256)
    /// What stands for a symbol that cannot be said otherwise; nil drops it. Never a control token: those are
    /// structure.
    var unknown: Int32?
    /// Whether ``unknown`` stands once for neighbours in a word.
    var fusesUnknown = false

    /// The symbol of a string, added to the symbols if it is new.
    static func symbol(of string: ArraySlice<UInt8>, in symbols: inout ByteStringTable) -> Int32 {
        if let known = symbols.find(string.span) { return known }
        symbols.add(string)
        return Int32(symbols.count - 1)
    }
}
