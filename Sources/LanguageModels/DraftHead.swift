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

    /// Bytes of its rows.
    package var byteCount: Int { matrix?.byteCount ?? 0 }

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

/// The head that drafts use: a ``DraftVocabulary``, extended by the tokens of texts so that the names in them can be
/// drafted.
package struct DraftHead: ~Copyable {
    /// The tokens of all columns of its logits.
    package private(set) var tokens: [Token]
    let vocabulary: DraftVocabulary
    private let added: GrowingMatrix?
    private var isIncluded: [Bool]

    /// The rows of tokens that the vocabulary does not have; nil if there are none.
    var addedMatrix: PackedMatrix? {
        guard let added, added.rows > 0 else { return nil }
        return added.matrix
    }

    /// Creates a head of a vocabulary's tokens.
    package init(_ vocabulary: DraftVocabulary, for model: some LanguageModel) {
        self.vocabulary = vocabulary
        tokens = vocabulary.tokens
        isIncluded = Array(repeating: false, count: model.vocabularySize)
        for token in tokens { isIncluded[Int(token)] = true }
        added = vocabulary.matrix.map {
            GrowingMatrix($0.dtype, capacity: max(256, $0.rows), columns: $0.columns, on: model.compute)
        }
    }

    /// Whether a token can be drafted.
    package func includes(_ token: Token) -> Bool { isIncluded[Int(token)] }

    /// Includes the tokens of a text. If there is no more room, it forgets those of earlier ones first.
    package mutating func include(_ text: ArraySlice<Token>, of model: some LanguageModel) {
        for token in text where !isIncluded[Int(token)] {
            if let added {
                if added.rows == added.capacity { forgetTexts() }
                added.append(model.headRow(token))
            }
            tokens.append(token)
            isIncluded[Int(token)] = true
        }
    }

    private mutating func forgetTexts() {
        for token in tokens[vocabulary.tokens.count...] { isIncluded[Int(token)] = false }
        tokens.removeLast(tokens.count - vocabulary.tokens.count)
        added?.removeAll()
    }
}
