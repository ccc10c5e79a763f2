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
    /// The pieces as decoded to text.
    let symbols: ByteStringTable
    /// The pieces that texts can become.
    let trie: DoubleArrayTrie
    /// What each piece adds to a sum.
    let scores: [Double]
    let unknown: Int32
    /// What a character without a piece adds to a sum.
    let unknownScore: Double
    /// The token that encodes each byte of a character without a piece; -1 if there is none.
    let byteTokens: [Int32]

    private static let unknownPenalty = 10.0

    /// Creates a model.
    ///
    /// - Parameters:
    ///   - scores: the scores of the first tokens. Tokens without a score are not pieces.
    ///   - fallsBackToBytes: whether characters without a piece become the tokens of their bytes.
    ///   - marksAreSpaces: whether texts have spaces where the pieces have U+2581.
    /// - Throws: ``TokenizerError`` if there is no unknown token, a score is not finite or a piece contains U+0000.
    init(
        _ tokens: [String], _ kinds: [TokenKind], scores: [Double], unknown: Int32?, style: Style,
        fallsBackToBytes: Bool, marksAreSpaces: Bool
    ) throws(TokenizerError) {
        guard let unknown else { throw .missing(table: "unknown token", model: "unigram") }
        guard scores.count <= tokens.count else {
            throw .wrongCount(table: "scores", expected: tokens.count, found: scores.count)
        }
        if let id = scores.firstIndex(where: { !$0.isFinite }) {
            throw .malformedFile(place: "score of token \(id)", expected: "a finite number", found: "\(scores[id])")
        }
        var symbols = ByteStringTable(minimumCapacity: tokens.count)
        var byteTokens = [Int32](repeating: -1, count: 256)
        var pieces: [(key: ArraySlice<UInt8>, value: Int)] = []
        for (id, token) in tokens.enumerated() {
            let literal = Array(token.utf8)
            let text = marksAreSpaces ? MergeModel.withSpaces(literal[...]) : literal
            let byte = kinds[id] == .byte ? TokenKind.byteValue(of: token) : nil
            let isPiece =
                switch kinds[id] {
                case .control, .unknown, .unused: false
                case .byte: style == .tokenizers
                case .undefined, .normal, .userDefined: true
                }
            if let byte, fallsBackToBytes { byteTokens[Int(byte)] = Int32(id) }
            symbols.add(byte.map { [$0] } ?? text, findable: false)
            // A text has no spaces where pieces have U+2581, so a piece with a space would never be found.
            let isPossible = !marksAreSpaces || !literal.contains(UInt8(ascii: " "))
            guard isPiece, isPossible, id < scores.count, !text.isEmpty else { continue }
            if text.contains(0) {
                throw .malformedFile(place: "token \(id)", expected: "a piece without U+0000", found: token)
            }
            pieces.append((text[...], id))
        }
        (self.style, self.unknown, self.symbols, self.byteTokens) = (style, unknown, symbols, byteTokens)
        trie = DoubleArrayBuilder.trie(pieces)
        switch style {
        case .tokenizers:
            self.scores = scores
            unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        case .sentencePiece:
            let normal = scores.indices.filter { kinds[$0] == .normal || kinds[$0] == .undefined }
            let best = normal.map { Float(scores[$0]) }.max() ?? 0
            let highest = max(best, Float.leastNormalMagnitude)
            let lowest = normal.map { Float(scores[$0]) }.min() ?? Float.greatestFiniteMagnitude
            unknownScore = Double(lowest - Float(Self.unknownPenalty))
            self.scores = scores.indices.map { id in
                kinds[id] == .userDefined ? Double(Float(tokens[id].utf8.count) * highest) - 0.1 : scores[id]
            }
        }
    }
}
