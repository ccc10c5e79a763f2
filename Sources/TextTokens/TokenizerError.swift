import QuotedText

/// Why a tokenizer, or a chat template, cannot be made or used.
///
/// All text that comes from a file is quoted and shortened. The library adds the name of the file.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The kind of tokenizer is none of the known ones.
    case unsupportedModel(found: String, known: [String])
    /// The pre-tokenizer is none of the known ones. Guessing one would give plausible but wrong tokens.
    case unsupportedPreTokenizer(found: String, known: [String])
    /// The chat template is not exactly one of the known ones. Guessing one would write plausible but wrong prompts.
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

    /// One line: what is wrong, what was expected, what was found, and what to do where that helps.
    public var description: String {
        let (name, expected, found) = parts
        return "\(name): expected \(expected), found \(found)"
    }

    /// The parts of the description.
    package var parts: (name: String, expected: String, found: String) {
        switch self {
        case .unsupportedModel(let found, let known):
            ("tokenizer model", "one of \(known.joined(separator: ", "))", found.quoted)
        case .unsupportedPreTokenizer(let found, let known):
            ("pre-tokenizer", "one of \(known.joined(separator: ", "))", found.quoted)
        case .unsupportedChatTemplate(let found):
            (
                "chat template", "exactly a known ChatML template (of SmolLM2, Qwen2, OpenHermes, TRL or llama.cpp)",
                "\(found.quoted); write the prompt by hand and use generate --parse-special instead"
            )
        case .missing(let table, let model): (table, "a table for tokenizer model \(model.quoted)", "none")
        case .wrongCount(let table, let expected, let found):
            (table, "one entry for each of \(expected) tokens", "\(found)")
        case .malformedMerge(let index, let found):
            ("merge \(index)", "two byte-level pieces with one space between", found.quoted)
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
