extension MarkedText {
    var uppercased: MarkedText {
        if isASCII { return replacingASCII { (0x61...0x7A).contains($0) ? $0 - 32 : $0 } }
        return replacing { scalar, _ in scalar.properties.uppercaseMapping }
    }

    var lowercased: MarkedText {
        if isASCII { return replacingASCII { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } }
        return replacing { scalar, offset in lowercaseMapping(scalar, at: offset) }
    }

    /// Each word with its first letter in title case.
    var titled: MarkedText {
        var isInWord = false
        return replacing { scalar, offset in
            let mapped = isInWord ? lowercaseMapping(scalar, at: offset) : scalar.properties.titlecaseMapping
            isInWord = scalar.properties.isCased
            return mapped
        }
    }

    /// The first letter in title case, the others in lower case.
    var capitalized: MarkedText {
        replacing { scalar, offset in
            offset == 0 ? scalar.properties.titlecaseMapping : lowercaseMapping(scalar, at: offset)
        }
    }

    var caseSwapped: MarkedText {
        replacing { scalar, offset in
            if scalar.properties.isUppercase { return lowercaseMapping(scalar, at: offset) }
            return scalar.properties.isLowercase ? scalar.properties.uppercaseMapping : nil
        }
    }

    /// The text for comparisons without regard to case: Unicode's full case folding.
    var caseFolded: MarkedText {
        replacing { scalar, _ in
            switch scalar.value {
            // The dotless i has an upper case that it does not share with the dotted one here.
            case 0x131: nil
            case 0x1E9E: "ss"
            // Cherokee, whose lower case is the younger one.
            case 0x13A0...0x13FF, 0xAB70...0xABBF: scalar.properties.uppercaseMapping
            default:
                scalar.properties.uppercaseMapping.unicodeScalars.map(\.properties.lowercaseMapping).joined()
            }
        }
    }

    var isUppercase: Bool { hasCase(\.isUppercase, not: \.isLowercase) }
    var isLowercase: Bool { hasCase(\.isLowercase, not: \.isUppercase) }

    /// Whether letters after others are in lower case, and all other letters are not; there must be a letter.
    var isTitled: Bool {
        var (isInWord, hasLetter) = (false, false)
        for scalar in scalars {
            let properties = scalar.properties
            let isCapital = properties.isUppercase || properties.generalCategory == .titlecaseLetter
            guard isCapital || properties.isLowercase else {
                isInWord = false
                continue
            }
            if isCapital == isInWord { return false }
            (isInWord, hasLetter) = (true, true)
        }
        return hasLetter
    }

    private func hasCase(
        _ wanted: (Unicode.Scalar.Properties) -> Bool, not other: (Unicode.Scalar.Properties) -> Bool
    ) -> Bool {
        var isFound = false
        for scalar in scalars {
            let properties = scalar.properties
            if other(properties) || properties.generalCategory == .titlecaseLetter { return false }
            if wanted(properties) { isFound = true }
        }
        return isFound
    }

    private func replacingASCII(_ change: (UInt8) -> UInt8) -> MarkedText {
        var result = MarkedText.empty
        for (range, mark) in runs { result.append(bytes[range].map(change), mark: mark) }
        result.isMarkup = isMarkup
        return result
    }

    /// The lower case of a scalar. A capital sigma at the end of a word has a form of its own.
    private func lowercaseMapping(_ scalar: Unicode.Scalar, at offset: Int) -> String {
        guard scalar == "Σ" else { return scalar.properties.lowercaseMapping }
        return isCasedNext(to: offset, forward: false) && !isCasedNext(to: offset, forward: true) ? "ς" : "σ"
    }

    /// Whether the next scalar in a direction that is not ignorable has case.
    private func isCasedNext(to offset: Int, forward: Bool) -> Bool {
        var offset = offset
        while forward ? end(ofCharacterAt: offset) < bytes.count : offset > 0 {
            offset = forward ? end(ofCharacterAt: offset) : start(ofCharacterBefore: offset)
            let properties = scalar(at: offset).properties
            if !properties.isCaseIgnorable { return properties.isCased }
        }
        return false
    }
}

extension Unicode.Scalar {
    /// Whether Python's `str.isalpha` accepts it.
    var isPythonLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isPythonDecimal: Bool { properties.numericType == .decimal }

    var isPythonDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }

    var isPythonNumeric: Bool { properties.numericType != nil }
}
