extension Tokenizer {
    /// The maximum number of bytes of text that one token covers; at least 4, since the unknown token can replace any
    /// character.
    public var longestTokenByteCount: Int {
        kinds.indices.reduce(4) { max($0, pieces.length(of: $1)) }
    }
}
