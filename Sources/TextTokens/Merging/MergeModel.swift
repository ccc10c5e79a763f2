/// A vocabulary's byte-pair merging: the initial symbols of a word, and which neighbours merge in which order.
///
/// Byte-level BPE starts from bytes, SentencePiece's from characters. Priorities come from a list of merges or from the
/// tokens' scores.
///
/// A symbol is a token's id; or a number from ``tokenCount`` up for an intermediate string that is not a token; or -1
/// for an unknown character.
struct MergeModel: Sendable {
    enum Start: Sendable { case bytes, characters }

    /// The symbols' strings. Entries below ``tokenCount`` are the tokens, as they occur in words.
    var symbols: ByteStringTable
    let tokenCount: Int
    var pairs: PairTable
    let start: Start
    /// Whether a word that is itself a token becomes that token, regardless of merges.
    var prefersWholeWords = false
    /// Whether unknown characters are replaced or dropped before merging, as in Hugging Face's library, instead of
    /// after it, as in llama.cpp.
    var resolvesUnknownFirst = false
    /// The symbol of each single byte, for words that start as bytes, and for ASCII in words that start as characters.
    var byteSymbols = [Int32](repeating: -1, count: 256)
    /// The token that encodes each byte of a character without a token; -1 if there is none.
    var byteTokens = [Int32](repeating: -1, count: 256)
    /// The token for symbols that cannot be encoded otherwise; nil drops them. Never a control token, since those
    /// represent structure.
    var unknown: Int32?
    /// Whether a single ``unknown`` token replaces consecutive unknown symbols of a word.
    var fusesUnknown = false
    /// The ids of symbols whose entries in ``symbols`` other tokens have taken.
    var hidden: [Int32: Int32] = [:]
    /// The control tokens with the texts of symbols. Only text whose special tokens are parsed becomes these tokens.
    var control: [Int32: Int32] = [:]

    /// Gives a symbol the id that another token has taken. Plain text never becomes that id if it is a control token's.
    mutating func hide(_ symbol: Int32, as id: Int32, _ kinds: [TokenKind]) {
        if kinds[Int(id)].isSpecial { control[symbol] = id } else { hidden[symbol] = id }
    }

    /// The symbol of a string, which is added if it is new.
    static func symbol(of string: ArraySlice<UInt8>, in symbols: inout ByteStringTable) -> Int32 {
        if let known = symbols.find(string.span) { return known }
        symbols.add(string)
        return Int32(symbols.count - 1)
    }
}

/// A merge model by reference, so that encoding a word does not count references to each of its tables.
final class SharedMergeModel: Sendable {
    let value: MergeModel

    init(_ value: MergeModel) { self.value = value }
}
