import QuotedText

/// A unigram language model of pieces: a text becomes the sequence of pieces with the highest sum of scores.
///
/// SentencePiece and Hugging Face's tokenizers compute this sum differently, and their results differ where sums are
/// almost equal.
struct UnigramModel: Sendable {
    /// The implementation whose results are reproduced.
    enum Style: Sendable {
        /// Sums in single precision. User-defined pieces are preferred to all others; texts such as `<0x0A>` are not
        /// the piece for that byte.
        case sentencePiece
        /// Sums in double precision.
        case tokenizers
    }

    let style: Style
    /// The pieces that texts can become.
    let trie: DoubleArrayTrie
    /// The length of the longest of these pieces.
    let longestPiece: Int
    /// What each piece adds to a sum: -∞ for control tokens, which plain text never becomes.
    let scores: [Double]
    /// The same with the scores of control tokens, for texts whose special tokens are parsed.
    let parsedScores: [Double]
    /// The token for characters without a piece; -1 if there is none, because every byte has a token.
    let unknown: Int32
    /// What a character without a piece adds to a sum.
    let unknownScore: Double
    /// The token that encodes each byte of a character without a piece; -1 if there is none.
    let byteTokens: [Int32]

    private static let unknownPenalty = 10.0

    /// Creates the model of a definition.
    ///
    /// - Throws: ``TokenizerError`` if texts may need an unknown token and there is none, a score is not finite, or a
    ///   piece contains U+0000.
    init(_ definition: TokenizerDefinition, _ kinds: [TokenKind]) throws(TokenizerError) {
        let tokens = definition.tokens
        let scores = try definition.finiteScores()
        style = definition.followsSentencePiece ? .sentencePiece : .tokenizers
        byteTokens = definition.byteTokens(kinds)
        guard definition.unknown != nil || !byteTokens.contains(-1) else {
            throw .missing(table: "tokenizer.ggml.unknown_token_id", model: definition.model.rawValue)
        }
        unknown = definition.unknown ?? -1
        var pieces: [(key: ArraySlice<UInt8>, value: Int)] = []
        for id in scores.indices where style.hasPiece(of: kinds[id]) {
            let text = Array(tokens[id].utf8)
            if text.contains(0) {
                throw .malformedFile(place: "token \(id)", expected: "a text without U+0000", found: tokens[id].quoted)
            }
            pieces.append((text[...], id))
        }
        trie = DoubleArrayBuilder.trie(pieces)
        longestPiece = pieces.reduce(0) { max($0, $1.key.count) }
        switch style {
        case .tokenizers:
            parsedScores = scores
            self.scores = scores.indices.map { kinds[$0] == .control ? -.infinity : scores[$0] }
            unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        case .sentencePiece:
            let normal = scores.indices.filter { kinds[$0] == .normal || kinds[$0] == .undefined }
            let lowest = normal.map { Float(scores[$0]) }.min() ?? Float.greatestFiniteMagnitude
            unknownScore = Double(lowest - Float(Self.unknownPenalty))
            self.scores = scores.indices.map { id in
                kinds[id] == .userDefined ? Double(Float(0.1 * Double(tokens[id].utf8.count - 1))) : scores[id]
            }
            parsedScores = self.scores
        }
    }
}

extension UnigramModel.Style {
    /// Whether texts can become tokens of a kind without being cut out as a whole; control tokens only if parsed.
    fileprivate func hasPiece(of kind: TokenKind) -> Bool {
        switch kind {
        case .undefined, .normal, .userDefined: true
        case .byte, .control: self == .tokenizers
        case .unknown, .unused: false
        }
    }
}

extension TokenizerDefinition {
    /// The scores of the tokens, or of the first ones; tokens without a score are not pieces.
    fileprivate func finiteScores() throws(TokenizerError) -> [Double] {
        guard let scores else { throw .missing(table: "tokenizer.ggml.scores", model: model.rawValue) }
        guard scores.count <= tokens.count else {
            throw .wrongCount(table: "tokenizer.ggml.scores", expected: tokens.count, found: scores.count)
        }
        if let id = scores.firstIndex(where: { !$0.isFinite }) {
            throw .malformedFile(place: "score of token \(id)", expected: "a finite number", found: "\(scores[id])")
        }
        return scores
    }
}
