public import LanguageModels
public import TensorCore

/// Why text could not be decoded.
public enum DecodingError: Error, Equatable, CustomStringConvertible {
    /// An option out of its range.
    case invalidOption(name: String, expected: String, found: String)
    /// A prompt without tokens.
    case emptyPrompt
    /// A prompt that leaves no room for an answer.
    case promptTooLong(tokens: Int, contextLength: Int)
    /// A token id that the model does not have.
    case unknownToken(Token, vocabularySize: Int)
    /// Logits with a NaN or an infinity, which no token may be chosen from.
    case nonFiniteLogits(position: Int)
    /// Logits that are not finite because keys or values went beyond what the cache's format can hold.
    case cacheOverflow(position: Int, format: CacheFormat)
    /// The caller asked to stop while the prompt was being read.
    case cancelled

    public var description: String {
        switch self {
        case .invalidOption(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
        case .emptyPrompt: "prompt: expected at least 1 token, found none"
        case .promptTooLong(let tokens, let contextLength):
            "prompt: expected fewer tokens than the model's context of \(contextLength), found \(tokens)"
        case .unknownToken(let token, let vocabularySize):
            "token: expected an id in 0..<\(vocabularySize), found \(token)"
        case .nonFiniteLogits(let position):
            "logits at position \(position): expected finite numbers, found NaN or infinity; the weights may be damaged"
        case .cacheOverflow(let position, let format):
            """
            logits at position \(position): expected finite numbers, found NaN or infinity: keys or values are larger than a \
            cache of format \(format) can hold; use --cache-format bf16 or f32
            """
        case .cancelled: "cancelled"
        }
    }
}
