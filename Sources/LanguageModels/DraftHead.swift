import TensorCore

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
