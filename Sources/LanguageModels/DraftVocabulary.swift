import TensorCore

/// Tokens that drafts may choose, and their rows of the head, packed one after the other (FR-Spec, Zhao et al., arXiv
/// 2502.14856). Verification chooses among all tokens, so texts do not depend on it.
package struct DraftVocabulary: Sendable {
    /// The tokens, each once; row i belongs to token i.
    package let tokens: [Token]
    /// [tokens.count, width]; nil if the model's head is not packed, so that ``LanguageModel/logits(_:of:)`` computes all
    /// logits.
    let matrix: PackedMatrix?

    init(_ tokens: [Token], _ matrix: PackedMatrix?) {
        self.tokens = tokens
        self.matrix = matrix
    }

    /// The share of a vocabulary that drafts choose from unless told otherwise: a quarter of the tokens are 95 % of a
    /// usual text.
    package static func standardSize(of vocabularySize: Int) -> Int { (vocabularySize + 3) / 4 }

    /// The first tokens of a ranking; those that it does not name follow in order of their ids.
    ///
    /// Tokenizers number merged tokens in the order of their merges, the most frequent first, so ids are a fair ranking
    /// where there is no better one.
    package static func tokens(ranked ranking: [Token], count: Int, of vocabularySize: Int) -> [Token] {
        var isTaken = Array(repeating: false, count: vocabularySize)
        var tokens: [Token] = []
        for token in ranking + (0..<Token(vocabularySize)) where tokens.count < count {
            guard token >= 0, token < vocabularySize, !isTaken[Int(token)] else { continue }
            isTaken[Int(token)] = true
            tokens.append(token)
        }
        return tokens
    }
}
