/// A vocabulary's byte-pair merging: the initial symbols of a word, and which neighbours merge in which order.
///
/// The two kinds of tokenizer differ only in how they fill this in. Byte-level BPE starts from bytes and takes
/// priorities from a list of merges. SentencePiece-style BPE starts from characters and takes priorities from the
/// tokens' scores.
///
/// A symbol is a token's id; or a number from ``tokenCount`` up for an intermediate string that is not a token; or -1
/// for an unknown character.
struct MergeModel: Sendable {
    enum Start: Sendable { case bytes, characters }

    /// The symbols' strings. Entries below ``tokenCount`` are the tokens, as decoded to text.
    var symbols: ByteStringTable
    let tokenCount: Int
    var pairs: PairTable
    let start: Start
    var preTokenizer: PreTokenizer
    /// Whether a word that is itself a token becomes that token, regardless of merges.
    var prefersWholeWords = false
    /// The symbol of each single byte, for words that start as bytes, and for ASCII in words that start as characters.
    var byteSymbols = [Int32](repeating: -1, count: 256)
    /// The token that encodes each byte of a character without a token; -1 if there is none.
    var byteTokens = [Int32](repeating: -1, count: 256)
    /// The token for symbols that cannot be encoded otherwise; nil drops them. Never a control token, since those
    /// represent structure.
    var unknown: Int32?
    /// Whether a single ``unknown`` token replaces consecutive unknown symbols of a word.
    var fusesUnknown = false

    /// The symbol of a string, which is added if it is new.
    static func symbol(of string: ArraySlice<UInt8>, in symbols: inout ByteStringTable) -> Int32 {
        if let known = symbols.find(string.span) { return known }
        symbols.add(string)
        return Int32(symbols.count - 1)
    }
}
