@testable import TextTokens

/// A step as in a tokenizer.json, for golden files, whose keys are read from snake case.
struct GoldenStep: Decodable {
    struct Pattern: Decodable {
        var string: String?
        var regex: String?

        enum CodingKeys: String, CodingKey {
            case string = "String"
            case regex = "Regex"
        }
    }

    var type: String
    var addPrefixSpace: Bool?
    var useRegex: Bool?
    var pattern: Pattern?
    var behavior: String?
    var invert: Bool?
    var individualDigits: Bool?
    var replacement: String?
    var prependScheme: String?
    var split: Bool?
    var delimiter: String?

    /// Nil for an unknown type.
    var step: PreTokenizerStep? {
        let behavior = behavior.flatMap { SplitBehavior(rawValue: $0) }
        switch type {
        case "ByteLevel": return .byteLevel(addsPrefixSpace: addPrefixSpace ?? true, splits: useRegex ?? true)
        case "Split":
            guard let pattern = pattern?.regex.map({ .regex($0) }) ?? pattern?.string.map({ .text($0) }) as TextPattern?
            else { return nil }
            return behavior.map { .split(pattern, $0, inverted: invert ?? false) }
        case "Digits": return .digits(individually: individualDigits ?? false)
        case "Punctuation": return behavior.map { .punctuation($0) }
        case "Metaspace":
            return prependScheme.flatMap { PrependScheme(rawValue: $0) }.map {
                .metaspace(mark: replacement ?? "▁", prepend: $0, splits: split ?? true)
            }
        case "Whitespace": return .whitespace
        case "WhitespaceSplit": return .whitespaceSplit
        case "CharDelimiterSplit": return delimiter.map { .delimiter($0) }
        default: return nil
        }
    }
}
