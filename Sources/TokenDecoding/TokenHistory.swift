import LanguageModels

/// The set of tokens that a text has, for the repetition penalty.
struct TokenHistory: Sendable {
    private var isPresent: [Bool]
    private var distinct: [Token] = []

    init(vocabularySize: Int) { isPresent = Array(repeating: false, count: vocabularySize) }

    mutating func append(_ tokens: some Sequence<Token>) {
        for token in tokens where !isPresent[Int(token)] {
            isPresent[Int(token)] = true
            distinct.append(token)
        }
    }

    mutating func removeAll() {
        for token in distinct { isPresent[Int(token)] = false }
        distinct.removeAll()
    }

    /// Each token of the text and of `drafted` once.
    func distinctTokens(with drafted: some Collection<Token>) -> [Token] {
        var tokens = distinct
        for token in drafted where !isPresent[Int(token)] && !tokens[distinct.count...].contains(token) {
            tokens.append(token)
        }
        return tokens
    }
}
