#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSON {
    static func bool(_ value: Bool) -> JSON { .raw(value ? "true" : "false") }

    static let null = JSON.raw("null")

    /// A part of a file with its type.
    static func part(_ type: String, _ members: [(String, JSON)] = []) -> JSON {
        .object([("type", .text(type))] + members)
    }

    /// One part, or a sequence of several; null if there is none.
    static func sequence(_ parts: [JSON], _ name: String) -> JSON {
        switch parts.count {
        case 0: null
        case 1: parts[0]
        default: part("Sequence", [(name, .list(parts))])
        }
    }
}

extension TextPattern {
    var json: JSON {
        switch self {
        case .text(let text): .object([("String", .text(text))])
        case .regex(let pattern): .object([("Regex", .text(pattern))])
        }
    }
}

extension NormalizerStep {
    /// The step as parts of a tokenizer.json.
    ///
    /// - Throws: if the format has no such step.
    var json: [JSON] {
        get throws(TokenizerError) {
            switch self {
            case .nfc: [.part("NFC")]
            case .nfd: [.part("NFD")]
            case .nfkc: [.part("NFKC")]
            case .nfkd: [.part("NFKD")]
            case .lowercase: [.part("Lowercase")]
            case .stripAccents: [.part("StripAccents")]
            case .strip(let left, let right):
                [.part("Strip", [("strip_left", .bool(left)), ("strip_right", .bool(right))])]
            case .prepend(let text): [.part("Prepend", [("prepend", .text(text))])]
            case .replace(let pattern, let text):
                [.part("Replace", [("pattern", pattern.json), ("content", .text(text))])]
            case .precompiled(let table):
                [.part("Precompiled", [("precompiled_charsmap", .text(Data(table).base64EncodedString()))])]
            case .sentencePiece(let rules): try Self.json(rules.steps)
            }
        }
    }
}

extension NormalizerStep {
    /// Steps as parts of a tokenizer.json.
    static func json(_ steps: [NormalizerStep]) throws(TokenizerError) -> [JSON] {
        var parts: [JSON] = []
        for step in steps { parts += try step.json }
        return parts
    }
}

extension PreTokenizerStep {
    /// The step as a part of a tokenizer.json.
    var json: JSON {
        switch self {
        case .byteLevel(let addsPrefixSpace, let splits):
            .part(
                "ByteLevel",
                [
                    ("add_prefix_space", .bool(addsPrefixSpace)), ("trim_offsets", .bool(true)),
                    ("use_regex", .bool(splits)),
                ])
        case .split(let pattern, let behavior, let inverted):
            .part(
                "Split",
                [("pattern", pattern.json), ("behavior", .text(behavior.rawValue)), ("invert", .bool(inverted))])
        case .digits(let individually): .part("Digits", [("individual_digits", .bool(individually))])
        case .punctuation(let behavior): .part("Punctuation", [("behavior", .text(behavior.rawValue))])
        case .metaspace(let mark, let prepend, let splits):
            .part(
                "Metaspace",
                [("replacement", .text(mark)), ("prepend_scheme", .text(prepend.rawValue)), ("split", .bool(splits))])
        case .whitespace: .part("Whitespace")
        case .whitespaceSplit: .part("WhitespaceSplit")
        case .delimiter(let text): .part("CharDelimiterSplit", [("delimiter", .text(text))])
        }
    }
}

extension DecoderStep {
    /// The step as a part of a tokenizer.json.
    var json: JSON {
        switch self {
        case .byteLevel:
            .part(
                "ByteLevel",
                [("add_prefix_space", .bool(false)), ("trim_offsets", .bool(true)), ("use_regex", .bool(true))])
        case .byteFallback: .part("ByteFallback")
        case .fuse: .part("Fuse")
        case .replace(let pattern, let text): .part("Replace", [("pattern", pattern.json), ("content", .text(text))])
        case .strip(let text, let start, let stop):
            .part("Strip", [("content", .text(text)), ("start", .raw("\(start)")), ("stop", .raw("\(stop)"))])
        case .metaspace(let mark, let prepend):
            .part(
                "Metaspace",
                [("replacement", .text(mark)), ("prepend_scheme", .text(prepend.rawValue)), ("split", .bool(true))])
        case .sentencePiece(_, let drops):
            .sequence(
                TokenizerDefinition.stepsForSpaces(prefix: drops != .none).decoder.map(\.json), "decoders")
        }
    }
}
