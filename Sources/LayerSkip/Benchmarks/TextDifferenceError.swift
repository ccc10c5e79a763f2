public import LanguageModels

/// A strategy that must write plain decoding's text has written another.
public struct TextDifferenceError: Error, Equatable, CustomStringConvertible {
    /// The strategy that wrote the other text.
    public let strategy: DecodingStrategy.Name
    /// The text's place in the list of texts, from 0.
    public let text: Int
    /// The number of equal tokens after the prompt.
    public let position: Int
    /// Plain decoding's next token; nil if its text ends.
    public let expected: Token?
    /// The other text's next token; nil if it ends.
    public let found: Token?

    /// What was expected, what was found and what to do.
    public var description: String {
        func name(_ token: Token?) -> String { token.map { "token \($0)" } ?? "the end of the text" }
        return """
            text \(text + 1), position \(position) after its prompt: expected \(strategy.rawValue) decoding to write \
            plain decoding's text, which goes on with \(name(expected)), found \(name(found)); choose coupled acceptance, \
            or if it is chosen, report a bug with this model and text
            """
    }

    /// Throws if the tokens that a strategy wrote differ from plain decoding's.
    static func check(
        _ found: [Token], are expected: [Token], text: Int, by strategy: DecodingStrategy.Name
    ) throws(TextDifferenceError) {
        guard found != expected else { return }
        let position = zip(found, expected).prefix { $0 == $1 }.count
        throw TextDifferenceError(
            strategy: strategy, text: text, position: position, expected: expected.dropFirst(position).first,
            found: found.dropFirst(position).first)
    }
}
