/// Why a tokenizer, or a chat template, cannot be made or used.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The kind of tokenizer is none of the known ones.
    case unsupportedModel(found: String, known: [String])
    /// The pre-tokenizer is none of the known ones. Guessing one would give plausible but wrong tokens.
    case unsupportedPreTokenizer(found: String, known: [String])
    /// The chat template is written in a format other than ChatML.
    case unsupportedChatTemplate(found: String)
    /// A table that this kind of tokenizer cannot do without is absent or empty.
    case missing(table: String, model: String)
    /// A table has not one entry a token.
    case wrongCount(table: String, expected: Int, found: Int)
    /// A merge is not two pieces of the byte-level alphabet with one space between.
    case malformedMerge(index: Int, found: String)
    /// A token's text has more bytes than any real one; the time to load grows with the square of it.
    case tokenTooLong(id: Int, limit: Int, found: Int)
    /// A special token's id is no position in the vocabulary.
    case idOutOfRange(name: String, found: Int32, vocabularySize: Int)
    /// Something in a tokenizer.json is not as it should be.
    case malformedFile(place: String, expected: String, found: String)
    /// Two tokens have the same text, which a tokenizer.json cannot say.
    case duplicateToken(String)
    /// A vocabulary that is to be trained has no room for its special tokens and the 256 bytes.
    case vocabularyTooSmall(minimum: Int, found: Int)
    /// A vocabulary that is to be trained would be larger than any tokenizer.json may be.
    case vocabularyTooLarge(maximum: Int, found: Int)
    /// A special token of a vocabulary that is to be trained is shorter than two bytes, or occurs twice.
    case unsuitableSpecialToken(String)
    /// There is no text to train a vocabulary on.
    case emptyCorpus
    /// A special token that a chat template needs is not in the vocabulary.
    case missingSpecialToken(String)

    /// What was expected and what was found, for people.
    public var description: String {
        switch self {
        case .unsupportedModel(let found, let known):
            "unsupported tokenizer model \"\(found)\"; known are \(known.joined(separator: ", "))"
        case .unsupportedPreTokenizer(let found, let known):
            "unsupported pre-tokenizer \"\(found)\"; known are \(known.joined(separator: ", "))"
        case .unsupportedChatTemplate(let found):
            "unsupported chat template: expected ChatML with <|im_start|> and <|im_end|>, found \"\(found)\""
        case .missing(let table, let model):
            "tokenizer model \"\(model)\" needs \(table), found none"
        case .wrongCount(let table, let expected, let found):
            "\(table): expected one entry for each of \(expected) tokens, found \(found)"
        case .malformedMerge(let index, let found):
            "merge \(index): expected two byte-level pieces with one space between, found \"\(found)\""
        case .tokenTooLong(let id, let limit, let found):
            "token \(id): expected at most \(limit) bytes, found \(found)"
        case .idOutOfRange(let name, let found, let count):
            "\(name): expected a token id below \(count), found \(found)"
        case .malformedFile(let place, let expected, let found):
            "tokenizer.json: \(place): expected \(expected), found \(found)"
        case .duplicateToken(let text):
            "tokenizer.json: expected tokens that differ, found \"\(text)\" twice"
        case .vocabularyTooSmall(let minimum, let found):
            "vocabulary: expected at least \(minimum) tokens, for the 256 bytes and the special tokens, found \(found)"
        case .vocabularyTooLarge(let maximum, let found):
            "vocabulary: expected at most \(maximum) tokens, found \(found)"
        case .unsuitableSpecialToken(let text):
            "special tokens: expected each once and with two bytes or more, found \"\(text)\""
        case .emptyCorpus:
            "corpus: expected some text, found none"
        case .missingSpecialToken(let text):
            "the chat template needs the special token \(text), which the vocabulary does not have"
        }
    }
}
