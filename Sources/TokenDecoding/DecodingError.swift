public import LanguageModels
import TensorCore

/// Why text could not be decoded.
public enum DecodingError: Error, Equatable, CustomStringConvertible {
    /// An option out of its range.
    case invalidOption(name: String, expected: String, found: String)
    /// A prompt without tokens.
    case emptyPrompt
    /// A prompt that leaves no room for an answer.
    case promptTooLong(tokens: Int, contextLength: Int)
    /// A prompt of more bytes than tokens of the greatest length could have in the context.
    case promptTextTooLong(bytes: Int, longestToken: Int, contextLength: Int)
    /// A token id that the model does not have.
    case unknownToken(Token, vocabularySize: Int)
    /// Logits with a NaN or an infinity, which no token may be chosen from. `halfCache` says that keys or values in a
    /// cache of F16, which ends at 65504, were not finite either.
    case nonFiniteLogits(position: Int, halfCache: Bool = false)
    /// The caller asked to stop while the prompt was being read.
    case cancelled

    public var description: String {
        switch self {
        case .invalidOption(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
        case .emptyPrompt: "prompt: expected at least 1 token, found none"
        case .promptTooLong(let tokens, let contextLength):
            "prompt: expected fewer tokens than the model's context of \(contextLength), found \(tokens)"
        case .promptTextTooLong(let bytes, let longestToken, let contextLength):
            if bytes / longestToken < contextLength {
                "prompt: expected a shorter text, found \(bytes) bytes or more"
            } else {
                """
                prompt: expected fewer tokens than the model's context of \(contextLength), found at least \
                \((bytes - 1) / longestToken + 1), as no token has more than \(longestToken) of the text's bytes
                """
            }
        case .unknownToken(let token, let vocabularySize):
            "token: expected an id in 0..<\(vocabularySize), found \(token)"
        case .nonFiniteLogits(let position, let halfCache):
            "logits at position \(position): expected finite numbers, found NaN or infinity; "
                + CacheFormat.reasonForNonFinite(halfCache: halfCache)
        case .cancelled: "cancelled"
        }
    }
}

extension DecodingError {
    /// Throws if a prompt is empty, or leaves no room in the context.
    package static func checkPrompt(tokenCount: Int, contextLength: Int) throws(DecodingError) {
        guard tokenCount > 0 else { throw .emptyPrompt }
        guard tokenCount < contextLength else {
            throw .promptTooLong(tokens: tokenCount, contextLength: contextLength)
        }
    }
}
