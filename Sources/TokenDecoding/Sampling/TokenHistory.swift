import LanguageModels

/// The set of tokens in a text, for the repetition penalty.
struct TokenHistory: Sendable {
    /// In order of their first occurrence.
    private(set) var distinct: [Token] = []
    private var isPresent: [Bool]

    var vocabularySize: Int { isPresent.count }

    init(vocabularySize: Int) {
        isPresent = Array(repeating: false, count: vocabularySize)
        distinct.reserveCapacity(vocabularySize)
    }

    mutating func append(_ tokens: some Sequence<Token>) {
        for token in tokens where !isPresent[Int(token)] {
            isPresent[Int(token)] = true
            distinct.append(token)
        }
    }

    /// Forgets all but the first `count` distinct tokens.
    mutating func keep(_ count: Int) {
        for token in distinct[count...] { isPresent[Int(token)] = false }
        distinct.removeLast(distinct.count - count)
    }
}
