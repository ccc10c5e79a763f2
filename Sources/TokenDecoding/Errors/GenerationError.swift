public import LanguageModels
import TensorCore

/// The reason why text could not be decoded.
public enum GenerationError: Error, Equatable, CustomStringConvertible {
    /// An option out of its range.
    case invalidOption(name: String, expected: String, found: String)
    /// A prompt without tokens.
    case emptyPrompt
    /// A prompt that leaves no room for new tokens.
    case promptTooLong(tokens: Int, contextLength: Int)
    /// A prompt with more bytes than a full context of the longest tokens.
    case promptTextTooLong(bytes: Int, longestToken: Int, contextLength: Int)
    /// A token id that the model does not have.
    case unknownToken(Token, vocabularySize: Int)
    /// Logits with a NaN or an infinity, from which no token may be chosen. `halfCache`: whether an F16 cache, whose
    /// largest number is 65504, held keys or values that were not finite either.
    case nonFiniteLogits(position: Int, halfCache: Bool = false)
    /// The caller stopped the prefill.
    case cancelled

    public var description: String {
        switch self {
        case .invalidOption(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
        case .emptyPrompt: "prompt: expected at least 1 token, found none; write a prompt"
        case .promptTooLong(let tokens, let contextLength):
            """
            prompt: expected fewer tokens than the model's context of \(contextLength), found \(tokens); \
            shorten the prompt
            """
        case .promptTextTooLong(let bytes, let longestToken, let contextLength):
            if bytes / longestToken < contextLength {
                "prompt: expected a shorter text, found at least \(bytes) bytes; shorten the prompt"
            } else {
                """
                prompt: expected fewer tokens than the model's context of \(contextLength), found at least \
                \((bytes - 1) / longestToken + 1), as no token has more than \(longestToken) of the text's bytes; \
                shorten the prompt
                """
            }
        case .unknownToken(let token, let vocabularySize):
            "token: expected an id in 0..<\(vocabularySize), found \(token); encode texts with this model's tokenizer"
        case .nonFiniteLogits(let position, let halfCache):
            "logits at position \(position): expected finite numbers, found NaN or infinity; "
                + CacheFormat.reasonForNonFinite(halfCache: halfCache)
        case .cancelled: "cancelled"
        }
    }
}

extension GenerationError {
    /// Throws if a prompt is empty, or leaves no room in the context.
    package static func checkPrompt(tokenCount: Int, contextLength: Int) throws(GenerationError) {
        guard tokenCount > 0 else { throw .emptyPrompt }
        guard tokenCount < contextLength else {
            throw .promptTooLong(tokens: tokenCount, contextLength: contextLength)
        }
    }

    /// Throws if there is a token id that the model does not have.
    static func checkTokens(_ tokens: [Token], vocabularySize: Int) throws(GenerationError) {
        guard let unknown = tokens.first(where: { $0 < 0 || $0 >= vocabularySize }) else { return }
        throw .unknownToken(unknown, vocabularySize: vocabularySize)
    }
}
