/// Digits of numbers in the types that `format` and `%` have.
enum NumberFormat {
    /// A number that is not negative in one of the types e, f, g, % and n, or in the type that none stands for.
    static func digits(_ value: Double, type: Character?, precision: Int?, isAlternate: Bool) -> String {
        if value.isNaN { return type?.isUppercase == true ? "NAN" : "nan" }
        if value.isInfinite { return type?.isUppercase == true ? "INF" : "inf" }
        switch type {
        case "e", "E":
            let (digits, exponent) = ExactDecimal(value).significant((precision ?? 6) + 1)
            return PythonNumber.scientific(digits, exponent, type == "E" ? "E" : "e")
        case "f", "F": return ExactDecimal(value).fixed(precision ?? 6)
        case "%": return ExactDecimal(value * 100).fixed(precision ?? 6) + "%"
        case nil:
            guard let precision else { return PythonNumber.repr(value) }
            return general(value, max(1, precision), letter: "e", isAlternate: isAlternate, keepsPoint: true)
        default:
            let letter = type == "G" ? "E" : "e"
            return general(value, max(1, precision ?? 6), letter: letter, isAlternate: isAlternate, keepsPoint: false)
        }
    }

    private static func general(
        _ value: Double, _ precision: Int, letter: String, isAlternate: Bool, keepsPoint: Bool
    ) -> String {
        var (digits, exponent) = ExactDecimal(value).significant(precision)
        let isScientific = exponent < -4 || exponent >= (keepsPoint ? precision - 1 : precision)
        if !isAlternate { while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() } }
        if isScientific { return PythonNumber.scientific(digits, exponent, letter) }
        return PythonNumber.plain(digits, exponent, minimumFraction: keepsPoint ? 1 : 0)
    }

    /// Digits with a separator between thousands of the whole part.
    static func grouped(_ digits: String, by separator: Character, size: Int = 3) -> String {
        let whole = digits.prefix { $0.isHexDigit }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % size == 0 { result.append(separator) }
            result.append(digit)
        }
        return result + digits.dropFirst(whole.count)
    }
}
