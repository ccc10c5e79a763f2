/// `'…' % …`.
extension Rendering {
    func formatted(_ format: MarkedText, percent operand: Value) throws(TemplateError) -> MarkedText {
        if format.isMarkup { throw unsupported("% of a text that is marked as safe") }
        try count(bytes: format.bytes.count)
        var formatter = PercentFormatter(format, operand, self)
        return try formatter.formatted()
    }
}

/// Reads a text with fields that begin with a percent sign.
private struct PercentFormatter {
    private let format: MarkedText
    private let bytes: [UInt8]
    private let operand: Value
    private let rendering: Rendering
    private var values: [Value]
    private var usesNames = false
    private var offset = 0

    init(_ format: MarkedText, _ operand: Value, _ rendering: Rendering) {
        (self.format, self.operand, self.rendering) = (format, operand, rendering)
        bytes = format.bytes
        if case .tuple(let list) = operand { values = list.items.reversed() } else { values = [operand] }
    }

    mutating func formatted() throws(TemplateError) -> MarkedText {
        var result = MarkedText.empty
        while offset < bytes.count {
            let start = offset
            while offset < bytes.count, bytes[offset] != UInt8(ascii: "%") { offset += 1 }
            result.append(format, start..<offset)
            guard offset < bytes.count else { break }
            offset += 1
            result.append(try field())
            try rendering.count(bytes: result.bytes.count)
        }
        if !usesNames, !values.isEmpty, !isUnusedOperand {
            throw rendering.failure(expected: "as many values as the format has fields", found: "more")
        }
        return result
    }

    /// Python accepts values that no field uses if they are in a dictionary or in a list.
    private var isUnusedOperand: Bool {
        switch operand {
        case .dictionary, .list, .range, .undefined: true
        default: false
        }
    }

    private mutating func next() -> UInt8? {
        guard offset < bytes.count else { return nil }
        offset += 1
        return bytes[offset - 1]
    }

    private mutating func field() throws(TemplateError) -> MarkedText {
        var named: Value?
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "(") { named = try member() }
        var specification = FormatSpecification()
        var isLeft = false
        var isZero = false
        while offset < bytes.count, let flag = flag(bytes[offset]) {
            offset += 1
            switch flag {
            case "-": isLeft = true
            case "0": isZero = true
            case "#": specification.isAlternate = true
            case "+": specification.sign = "+"
            default: if specification.sign != "+" { specification.sign = " " }
            }
        }
        specification.width = try number(&isLeft) ?? 0
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            var isNegative = false
            let precision = try number(&isNegative) ?? 0
            specification.precision = isNegative ? 0 : precision
        }
        while offset < bytes.count, [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L")].contains(bytes[offset]) {
            offset += 1
        }
        guard let letter = next() else { throw rendering.failure(expected: "a complete format", found: format.string) }
        if letter == UInt8(ascii: "%") { return MarkedText("%") }
        specification.alignment = isLeft ? "<" : ">"
        let value = if let named { named } else { try takeValue() }
        return try formatted(value, Character(Unicode.Scalar(letter)), &specification, isZero: isZero && !isLeft)
    }

    private func flag(_ byte: UInt8) -> Character? {
        let character = Character(Unicode.Scalar(byte))
        return ["-", "0", "#", "+", " "].contains(character) ? character : nil
    }

    private mutating func member() throws(TemplateError) -> Value {
        offset += 1
        let start = offset
        var depth = 1
        while depth > 0 {
            guard let byte = next() else {
                throw rendering.failure(expected: "a complete name in a format", found: format.string)
            }
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
        }
        usesNames = true
        guard case .dictionary(let dictionary) = operand else {
            throw rendering.failure(expected: "a dictionary for a format with names", found: operand.typeName)
        }
        let name = format[start..<(offset - 1)].string
        guard let value = dictionary.value(for: DictionaryKey(name)) else {
            throw rendering.failure(expected: "a member \(name) for a format", found: "none")
        }
        return value
    }

    private mutating func takeValue() throws(TemplateError) -> Value {
        guard let value = values.popLast() else {
            throw rendering.failure(expected: "a value for each field of a format", found: "too few")
        }
        return value
    }

    private mutating func number(_ isNegative: inout Bool) throws(TemplateError) -> Int? {
        var number: Int?
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "*") {
            offset += 1
            let value = try takeValue().asInteger("a width", rendering)
            if value < 0 { isNegative = true }
            number = Int(clamping: value.magnitude)
        } else {
            while offset < bytes.count, (0x30...0x39).contains(bytes[offset]), number ?? 0 <= 1_000_000 {
                number = (number ?? 0) * 10 + Int(bytes[offset] - 0x30)
                offset += 1
            }
        }
        guard number ?? 0 <= 1_000_000 else {
            throw .limitExceeded(line: rendering.line, what: "characters of a formatted value", limit: 1_000_000)
        }
        return number
    }

    private func formatted(
        _ value: Value, _ type: Character, _ specification: inout FormatSpecification, isZero: Bool
    ) throws(TemplateError) -> MarkedText {
        switch type {
        case "s", "r":
            var text = type == "s" ? try rendering.text(value) : try rendering.repr(value)
            if let precision = specification.precision, precision < text.count {
                text = text[0..<text.offset(ofCharacter: precision)]
            }
            return try specification.padded(sign: "", text, isNumber: false, rendering)
        case "c": return try specification.padded(sign: "", try character(value), isNumber: false, rendering)
        case "d", "i", "u", "x", "X", "o", "e", "E", "f", "F", "g", "G":
            if isZero { (specification.fill, specification.alignment) = (MarkedText("0"), "=") }
            return try number(value, type, specification)
        case "a": throw rendering.unsupported("%a in a format")
        default: throw rendering.failure(expected: "a known type in a format", found: "%\(type)")
        }
    }

    private func character(_ value: Value) throws(TemplateError) -> MarkedText {
        if case .text(let text) = value, text.count == 1 { return text }
        guard let number = value.asInteger, let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else {
            throw rendering.failure(expected: "a character for %c", found: value.typeName)
        }
        return MarkedText(String(scalar))
    }

    private func number(_ value: Value, _ type: Character, _ specification: FormatSpecification)
        throws(TemplateError) -> MarkedText
    {
        if case .undefined(let undefined) = value { throw rendering.failure(undefined: undefined) }
        guard let number = try rendering.numeric(value) else {
            throw rendering.failure(expected: "a number for %\(type)", found: value.typeName)
        }
        var digits: String
        var isNegative: Bool
        if "diuxXo".contains(type) {
            var integer: Int
            switch number {
            case .integer(let value): integer = value
            case .number(let value):
                guard "diu".contains(type), value.isFinite, let whole = Int(exactly: value.rounded(.towardZero)) else {
                    throw rendering.failure(expected: "an integer for %\(type)", found: "\(value)")
                }
                integer = whole
            }
            isNegative = integer < 0
            let radix = type == "o" ? 8 : "xX".contains(type) ? 16 : 10
            digits = String(integer.magnitude, radix: radix, uppercase: type == "X")
            if let precision = specification.precision, digits.count < precision {
                digits = String(repeating: "0", count: precision - digits.count) + digits
            }
            integer = 0
        } else {
            let double = number.double
            isNegative = double.sign == .minus && !double.isNaN
            try rendering.count(steps: ExactDecimal.steps(double))
            digits = NumberFormat.digits(
                double.magnitude, type: type, precision: specification.precision,
                isAlternate: specification.isAlternate)
        }
        var sign = isNegative ? "-" : specification.sign == "-" ? "" : String(specification.sign)
        if specification.isAlternate, radixPrefix(type) != "" { sign += radixPrefix(type) }
        return try specification.padded(sign: sign, MarkedText(digits), isNumber: true, rendering)
    }

    private func radixPrefix(_ type: Character) -> String {
        type == "x" ? "0x" : type == "X" ? "0X" : type == "o" ? "0o" : ""
    }
}
