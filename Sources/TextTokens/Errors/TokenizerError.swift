import QuotedText

/// An error in making or using a tokenizer or a chat template.
///
/// Text from files is quoted and shortened. The caller adds the file's name.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The kind of tokenizer is not supported.
    case unsupportedModel(found: String, known: [String])
    /// The pre-tokenizer is not supported. Guessing one would give plausible but wrong tokens.
    case unsupportedPreTokenizer(found: String, known: [String])
    /// A regular expression of a tokenizer is invalid or unsupported; the offset is in characters.
    case malformedPattern(pattern: String, offset: Int, expected: String, found: String)
    /// A regular expression of a tokenizer takes too long on a text.
    case patternTooSlow(pattern: String)
    /// A chat template is invalid, uses a part of Jinja that is not supported, or failed.
    case chatTemplate(line: Int, expected: String, found: String)
    /// A chat template refused a conversation, with this message.
    case conversationRefused(line: Int, message: String)
    /// A message, or the list of messages, tools or documents, does not have the right form.
    case malformedMessage(place: String, expected: String, found: String)
    /// A value for a chat template has the name of a variable that is set otherwise.
    case reservedChatValue(String)
    /// A table that this kind of tokenizer requires is missing or empty.
    case missing(table: String, model: String)
    /// A table does not have one entry per token.
    case wrongCount(table: String, expected: Int, found: Int)
    /// A merge is not two pieces of the byte-level alphabet separated by one space.
    case malformedMerge(index: Int, found: String)
    /// A merge joins or gives texts that are not tokens.
    case mergeWithoutToken(index: Int, found: String)
    /// A token's text is longer than any real one; loading time grows with the square of the length.
    case tokenTooLong(id: Int, limit: Int, found: Int)
    /// A special token's id is not in the vocabulary.
    case idOutOfRange(name: String, found: Int32, vocabularySize: Int)
    /// A part of a tokenizer.json is invalid or unsupported.
    case malformedFile(place: String, expected: String, found: String)
    /// Two tokens have the same text, which a tokenizer.json cannot represent.
    case duplicateToken(String)
    /// A vocabulary to train is too small for its special tokens and the 256 bytes.
    case vocabularyTooSmall(minimum: Int, found: Int)
    /// A vocabulary to train is larger than a tokenizer.json may be.
    case vocabularyTooLarge(maximum: Int, found: Int)
    /// A special token of a vocabulary to train is shorter than two bytes, or a duplicate.
    case unsuitableSpecialToken(String)
    /// There is no text to train a vocabulary on.
    case emptyCorpus
    /// A special token is not in the vocabulary.
    case missingSpecialToken(String)

    /// A single line: what is wrong, what was expected, what was found, and what to do if that helps.
    public var description: String {
        let (name, expected, found) = parts
        return "\(name): expected \(expected), found \(found)"
    }

    /// The description's parts; advice follows what was found.
    package var parts: (name: String, expected: String, found: String) {
        let (name, expected, found) = facts
        return (name, expected, advice.map { "\(found); \($0)" } ?? found)
    }

    /// What to do, where the rest of the description does not say it.
    private var advice: String? {
        switch self {
        case .unsupportedModel, .unsupportedPreTokenizer: "choose a checkpoint with a supported tokenizer"
        case .chatTemplate: "pass another template with --chat-template"
        case .missing, .wrongCount, .malformedMerge, .mergeWithoutToken, .tokenTooLong, .idOutOfRange, .duplicateToken:
            "download or convert the checkpoint again"
        case .vocabularyTooSmall, .vocabularyTooLarge: "choose another vocabulary size"
        case .unsuitableSpecialToken: "leave it out or write it differently"
        case .emptyCorpus: "check the paths and the endings of file names"
        case .missingSpecialToken: "choose a checkpoint whose tokenizer has it"
        case .patternTooSlow: "shorten or split the text, or choose a checkpoint with another tokenizer"
        case .conversationRefused, .malformedMessage, .reservedChatValue, .malformedFile, .malformedPattern: nil
        }
    }

    /// The description's parts, without advice.
    package var facts: (name: String, expected: String, found: String) {
        switch self {
        case .unsupportedModel(let found, let known):
            ("tokenizer model", "one of \(known.joined(separator: ", "))", found.quoted)
        case .unsupportedPreTokenizer(let found, let known):
            ("pre-tokenizer", "one of \(known.joined(separator: ", "))", found.quoted)
        case .malformedPattern(let pattern, let offset, let expected, let found):
            ("character \(offset + 1) of the regular expression \(pattern.quoted)", expected, found.quoted)
        case .patternTooSlow(let pattern):
            (
                "regular expression \(pattern.quoted)", "matches in time proportional to the text",
                "a text on which it takes too long"
            )
        case .chatTemplate(let line, let expected, let found):
            ("chat template, line \(line)", expected.harmless(limit: 160), found.harmless(limit: 160))
        case .conversationRefused(let line, let message):
            (
                "chat template, line \(line)", "a conversation that it accepts",
                "its error \"\(message.harmless(limit: 400))\""
            )
        case .malformedMessage(let place, let expected, let found): (place.harmless(limit: 160), expected, found)
        case .reservedChatValue(let name):
            ("value \(name.quoted)", "another name", "one that the conversation, its tools or its documents set")
        case .missing(let table, let model): (table, "a table for tokenizer model \(model.quoted)", "none")
        case .wrongCount(let table, let expected, let found):
            (table, "one entry for each of \(expected) tokens", "\(found)")
        case .malformedMerge(let index, let found):
            ("merge \(index)", "two byte-level pieces with one space between", found.quoted)
        case .mergeWithoutToken(let index, let found):
            ("merge \(index)", "two tokens that together are a token", found.quoted)
        case .tokenTooLong(let id, let limit, let found): ("token \(id)", "at most \(limit) bytes", "\(found)")
        case .idOutOfRange(let name, let found, let count): (name, "a token id below \(count)", "\(found)")
        case .malformedFile(let place, let expected, let found):
            (place.harmless(limit: 160), expected, found.harmless(limit: 160))
        case .duplicateToken(let text): ("vocabulary", "distinct tokens", "\(text.quoted) twice")
        case .vocabularyTooSmall(let minimum, let found):
            ("vocabulary", "at least \(minimum) tokens, for the 256 bytes and the special tokens", "\(found)")
        case .vocabularyTooLarge(let maximum, let found): ("vocabulary", "at most \(maximum) tokens", "\(found)")
        case .unsuitableSpecialToken(let text):
            ("special tokens", "distinct ones of at least two bytes", text.quoted)
        case .emptyCorpus: ("corpus", "some text", "none")
        case .missingSpecialToken(let text): ("vocabulary", "the special token \(text.quoted)", "no such token")
        }
    }
}
