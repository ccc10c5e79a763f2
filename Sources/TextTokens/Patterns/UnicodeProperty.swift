/// The properties that `\p{...}` names.
enum UnicodeProperty {
    typealias Category = Unicode.GeneralCategory

    static let letters: Set<Category> = [
        .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
    ]
    static let marks: Set<Category> = [.nonspacingMark, .spacingMark, .enclosingMark]
    static let numbers: Set<Category> = [.decimalNumber, .letterNumber, .otherNumber]
    static let punctuation: Set<Category> = [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation,
    ]
    static let symbols: Set<Category> = [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
    static let separators: Set<Category> = [.spaceSeparator, .lineSeparator, .paragraphSeparator]

    /// The characters with a property; nil if the name is unknown. Case, spaces, `-` and `_` in names do not matter.
    static func find(_ name: String) -> ScalarSet? {
        let name = String(name.lowercased().filter { !" _-".contains($0) })
        if name == "word" { return .word }
        if let set = bracket(name) { return name == "punct" ? ScalarSet(categories: punctuation) : set }
        if name == "lowercase" { return bracket("lower") }
        if let categories = categories[name] { return ScalarSet(categories: categories) }
        if let matches = binary[name] {
            return ScalarSet { matches($0.properties) }
        }
        switch name {
        case "any": return .all
        case "assigned": return ScalarSet { _ in true }
        case "c", "other":
            return ScalarSet(categories: [.control, .format, .privateUse]).union(ScalarSet(categories: [.unassigned]))
        default: return ScriptRanges.find(name)
        }
    }

    /// The characters of a POSIX bracket, as in `[[:alpha:]]`; nil if the name is unknown.
    static func bracket(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": bracket("alpha")?.union(.decimalDigits)
        case "alpha": ScalarSet { $0.properties.isAlphabetic }
        case "ascii": ScalarSet([0...0x7F])
        case "blank": ScalarSet(categories: [.spaceSeparator]).union(ScalarSet(0x09))
        case "cntrl": ScalarSet(categories: [.control])
        case "digit": .decimalDigits
        case "graph":
            ScalarSet.whitespace.union(ScalarSet(categories: [.control])).union(ScalarSet(categories: [.unassigned]))
                .union(ScalarSet([0xD800...0xDFFF])).inverted
        case "lower": ScalarSet { isLowercase($0) }
        case "print": bracket("graph")?.union(ScalarSet(categories: [.spaceSeparator]))
        case "punct": ScalarSet(categories: punctuation.union(symbols))
        case "space": .whitespace
        case "upper": ScalarSet { $0.properties.isUppercase }
        case "word": .posixWord
        case "xdigit": .hexDigits
        default: nil
        }
    }

    private static func isLowercase(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isLowercase || ScalarSet.generalCategory(of: scalar) == .lowercaseLetter
    }

    private static let categories: [String: Set<Category>] = {
        var result: [String: Set<Category>] = [
            "l": letters, "letter": letters, "m": marks, "mark": marks, "combiningmark": marks, "n": numbers,
            "number": numbers, "p": punctuation, "punctuation": punctuation, "s": symbols, "symbol": symbols,
            "z": separators, "separator": separators,
            "lc": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter],
            "casedletter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter],
        ]
        let single: [(String, String, Category)] = [
            ("lu", "uppercaseletter", .uppercaseLetter), ("ll", "lowercaseletter", .lowercaseLetter),
            ("lt", "titlecaseletter", .titlecaseLetter), ("lm", "modifierletter", .modifierLetter),
            ("lo", "otherletter", .otherLetter), ("mn", "nonspacingmark", .nonspacingMark),
            ("mc", "spacingmark", .spacingMark), ("me", "enclosingmark", .enclosingMark),
            ("nd", "decimalnumber", .decimalNumber), ("nl", "letternumber", .letterNumber),
            ("no", "othernumber", .otherNumber), ("pc", "connectorpunctuation", .connectorPunctuation),
            ("pd", "dashpunctuation", .dashPunctuation), ("ps", "openpunctuation", .openPunctuation),
            ("pe", "closepunctuation", .closePunctuation), ("pi", "initialpunctuation", .initialPunctuation),
            ("pf", "finalpunctuation", .finalPunctuation), ("po", "otherpunctuation", .otherPunctuation),
            ("sm", "mathsymbol", .mathSymbol), ("sc", "currencysymbol", .currencySymbol),
            ("sk", "modifiersymbol", .modifierSymbol), ("so", "othersymbol", .otherSymbol),
            ("zs", "spaceseparator", .spaceSeparator), ("zl", "lineseparator", .lineSeparator),
            ("zp", "paragraphseparator", .paragraphSeparator), ("cc", "control", .control), ("cf", "format", .format),
            ("co", "privateuse", .privateUse), ("cn", "unassigned", .unassigned),
        ]
        for (short, long, category) in single {
            result[short] = [category]
            result[long] = [category]
        }
        return result
    }()

    private static let binary: [String: @Sendable (Unicode.Scalar.Properties) -> Bool] = [
        "alphabetic": { $0.isAlphabetic }, "uppercase": { $0.isUppercase }, "whitespace": { $0.isWhitespace },
        "math": { $0.isMath }, "hexdigit": { $0.isHexDigit }, "asciihexdigit": { $0.isASCIIHexDigit },
        "idstart": { $0.isIDStart }, "idcontinue": { $0.isIDContinue }, "xidstart": { $0.isXIDStart },
        "xidcontinue": { $0.isXIDContinue }, "emoji": { $0.isEmoji },
        "emojipresentation": { $0.isEmojiPresentation }, "emojimodifier": { $0.isEmojiModifier },
        "emojimodifierbase": { $0.isEmojiModifierBase }, "ideographic": { $0.isIdeographic },
        "unifiedideograph": { $0.isUnifiedIdeograph }, "dash": { $0.isDash },
        "extender": { $0.isExtender }, "caseignorable": { $0.isCaseIgnorable },
        "joincontrol": { $0.isJoinControl }, "quotationmark": { $0.isQuotationMark },
        "variationselector": { $0.isVariationSelector }, "graphemeextend": { $0.isGraphemeExtend },
        "graphemebase": { $0.isGraphemeBase }, "radical": { $0.isRadical },
        "patternwhitespace": { $0.isPatternWhitespace }, "sentenceterminal": { $0.isSentenceTerminal },
    ]
}
