extension ScalarSet {
    /// The Unicode version of Oniguruma's tables in Hugging Face's tokenizers library.
    ///
    /// The standard library's tables may be newer. Characters that came later count as unassigned, and
    /// ``generalCategory(of:)`` undoes changes to older characters, so that tokens are the same.
    static let unicodeVersion = 16

    /// The code points outside planes 4 to 13, which have no characters, and the private planes 15 and 16.
    private static let assignedPlanes: [ClosedRange<UInt32>] = [0...0x3_34FF, 0xE_0000...0xE_0FFF]

    private static let privatePlanes: [ClosedRange<UInt32>] = [0xF_0000...0xF_FFFD, 0x10_0000...0x10_FFFD]

    /// The characters with a property.
    init(where matches: (Unicode.Scalar) -> Bool) {
        self.init()
        for plane in Self.assignedPlanes {
            for codePoint in plane {
                guard let scalar = Unicode.Scalar(codePoint), Self.isAssigned(scalar), matches(scalar)
                else { continue }
                append(codePoint...codePoint)
            }
        }
        for plane in Self.privatePlanes {
            if let scalar = Unicode.Scalar(plane.lowerBound), matches(scalar) { append(plane) }
        }
    }

    static func isAssigned(_ scalar: Unicode.Scalar, _ version: Int = unicodeVersion) -> Bool {
        scalar.isASCII
            || scalar.properties.age.map { $0.major <= version && !scalar.properties.isNoncharacterCodePoint } ?? false
    }

    /// The general category of a character that is assigned.
    static func generalCategory(of scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
        // U+0295 became a letter without case in Unicode 17.
        scalar.value == 0x295 ? .lowercaseLetter : scalar.properties.generalCategory
    }

    init(categories: Set<Unicode.GeneralCategory>) {
        self.init(categories.flatMap { Self.byCategory[$0]?.ranges ?? [] })
    }

    /// The characters of each general category.
    private static let byCategory: [Unicode.GeneralCategory: ScalarSet] = {
        var sets: [Unicode.GeneralCategory: ScalarSet] = [:]
        let assigned = ScalarSet { scalar in
            sets[generalCategory(of: scalar), default: ScalarSet()].append(scalar.value...scalar.value)
            return true
        }
        sets[.privateUse] = sets[.privateUse]?.union(ScalarSet(privatePlanes))
        sets[.unassigned] = assigned.union(ScalarSet([0xD800...0xDFFF])).inverted
        return sets
    }()
}

extension ScalarSet {
    static let letters = ScalarSet(categories: UnicodeProperty.letters)
    static let numbers = ScalarSet(categories: UnicodeProperty.numbers)
    static let marks = ScalarSet(categories: UnicodeProperty.marks)
    static let decimalDigits = ScalarSet(categories: [.decimalNumber])
    static let whitespace = ScalarSet(categories: UnicodeProperty.separators)
        .union(ScalarSet([0x09...0x0D, 0x85...0x85]))
    static let hexDigits = ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
    static let newline = ScalarSet(0x0A)

    /// Oniguruma's `\w` in a class.
    static let posixWord = ScalarSet(categories: UnicodeProperty.marks.union([.decimalNumber, .connectorPunctuation]))
        .union(ScalarSet { $0.properties.isAlphabetic })

    /// Oniguruma's `\w` outside classes, which also has the numbers of Latin-1: `²³¹¼½¾`.
    static let word = posixWord.union(ScalarSet([0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE]))

    /// Characters that are punctuation for the `Punctuation` step, which has tables of Unicode 8, but are no longer.
    static let formerPunctuation = ScalarSet([0x166D...0x166D, 0x1_11C9...0x1_11C9])

    /// `\w` of the `Whitespace` step, whose regular expressions are Rust's.
    static let rustWord = posixWord.union(ScalarSet([0x200C...0x200D]))
}
