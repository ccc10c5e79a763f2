extension Tokenizer {
    /// The most bytes of text that become one token: 4 at least, since any character may become the unknown token.
    public var longestTokenByteCount: Int {
        kinds.indices.reduce(4) { max($0, model.symbols.range(of: $1).count) }
    }
}
