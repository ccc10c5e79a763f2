/// `'…'.format(…)`.
extension Rendering {
    func formatted(_ format: MarkedText, _ arguments: Arguments) throws(TemplateError) -> MarkedText {
        var formatter = BraceFormatter(format: format, arguments: arguments, rendering: self)
        return try formatter.formatted(depth: 2)
    }

    /// A value with a specification, as Python's `format` writes it.
    func formatted(_ value: Value, _ text: String) throws(TemplateError) -> MarkedText {
        if text.isEmpty { return try self.text(value) }
        let specification = try FormatSpecification(text, self)
        switch (value, try numeric(value)) {
        case (.text(let text), _): return try formatted(text, specification)
        case (_, .integer(let integer)?): return try formatted(integer, isBool: value.typeName == "bool", specification)
        case (_, .number(let number)?): return try formatted(number, specification)
        default:
            throw failure(expected: "a value that can be formatted with \(text)", found: value.typeName)
        }
    }

    private func formatted(_ text: MarkedText, _ specification: FormatSpecification) throws(TemplateError) -> MarkedText
    {
        let type = specification.type ?? "s"
        guard type == "s", specification.alignment != "=" || specification.fill == MarkedText("0"),
            specification.sign == "-", !specification.isAlternate, specification.grouping == nil
        else { throw failure(expected: "a format of texts", found: "the type \(type)") }
        var specification = specification
        if specification.alignment == "=" { specification.alignment = "<" }
        var kept = text
        if let precision = specification.precision, precision < text.count {
            kept = text[0..<text.offset(ofCharacter: precision)]
        }
        return try specification.padded(sign: "", kept, isNumber: false, self)
    }

    private func formatted(_ integer: Int, isBool: Bool, _ specification: FormatSpecification)
        throws(TemplateError) -> MarkedText
    {
        let radixes: [Character: (Int, String)] = ["b": (2, "0b"), "o": (8, "0o"), "x": (16, "0x"), "X": (16, "0X")]
        let type = specification.type ?? "d"
        if ["e", "E", "f", "F", "g", "G", "%"].contains(type) { return try formatted(Double(integer), specification) }
        guard specification.precision == nil else {
            throw failure(expected: "a format of integers without a precision", found: "one with a precision")
        }
        if type == "c" {
            guard let scalar = Unicode.Scalar(UInt32(clamping: integer)) else {
                throw failure(expected: "the number of a character", found: "\(integer)")
            }
            return try specification.padded(sign: "", MarkedText(String(scalar)), isNumber: true, self)
        }
        guard type == "d" || type == "n" || radixes[type] != nil else {
            throw failure(expected: "a format of integers", found: "the type \(type)")
        }
        let (radix, prefix) = radixes[type] ?? (10, "")
        var digits = String(integer.magnitude, radix: radix, uppercase: type == "X")
        if let separator = specification.grouping {
            digits = NumberFormat.grouped(digits, by: separator, size: radix == 10 ? 3 : 4)
        }
        let sign = sign(integer < 0, specification) + (specification.isAlternate ? prefix : "")
        return try specification.padded(sign: sign, MarkedText(digits), isNumber: true, self)
    }

    private func formatted(_ number: Double, _ specification: FormatSpecification) throws(TemplateError) -> MarkedText {
        if let type = specification.type, !["e", "E", "f", "F", "g", "G", "n", "%"].contains(type) {
            throw failure(expected: "a format of numbers", found: "the type \(type)")
        }
        try count(bytes: (specification.precision ?? 0) + 400)
        try count(steps: ExactDecimal.steps(number))
        var digits = NumberFormat.digits(
            number.magnitude, type: specification.type, precision: specification.precision,
            isAlternate: specification.isAlternate)
        if let separator = specification.grouping { digits = NumberFormat.grouped(digits, by: separator) }
        let isNegative = number.sign == .minus && !number.isNaN
        return try specification.padded(
            sign: sign(isNegative, specification), MarkedText(digits), isNumber: true, self)
    }

    private func sign(_ isNegative: Bool, _ specification: FormatSpecification) -> String {
        isNegative ? "-" : specification.sign == "-" ? "" : String(specification.sign)
    }
}

/// Reads a text with fields in braces.
struct BraceFormatter {
    let format: MarkedText
    let arguments: Arguments
    let rendering: Rendering
    private var position = 0
    private var nextArgument: Int? = 0

    init(format: MarkedText, arguments: Arguments, rendering: Rendering) {
        (self.format, self.arguments, self.rendering) = (format, arguments, rendering)
    }

    private func malformed(_ expected: String) -> TemplateError {
        rendering.failure(expected: expected, found: format.string)
    }

    mutating func formatted(depth: Int) throws(TemplateError) -> MarkedText {
        try rendering.count(bytes: format.bytes.count)
        return try formatted(format, depth: depth)
    }

    private mutating func formatted(_ format: MarkedText, depth: Int) throws(TemplateError) -> MarkedText {
        guard depth > 0 else { throw malformed("fewer braces within each other in a format") }
        var result = MarkedText.empty
        var offset = 0
        let bytes = format.bytes
        var start = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
                offset += 1
                continue
            }
            result.append(format, start..<offset)
            if offset + 1 < bytes.count, bytes[offset + 1] == byte {
                result.append(format, offset..<(offset + 1))
                offset += 2
            } else {
                guard byte == UInt8(ascii: "{"), let end = fieldEnd(bytes, offset) else {
                    throw malformed("braces in pairs in a format")
                }
                result.append(try field(format[(offset + 1)..<end], depth: depth))
                try rendering.count(bytes: result.bytes.count)
                offset = end + 1
            }
            start = offset
        }
        result.append(format, start..<bytes.count)
        return result
    }

    private func fieldEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        var depth = 0
        for offset in start..<bytes.count {
            if bytes[offset] == UInt8(ascii: "{") { depth += 1 }
            if bytes[offset] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return offset }
            }
        }
        return nil
    }

    /// Formats `name!conversion:specification`.
    private mutating func field(_ field: MarkedText, depth: Int) throws(TemplateError) -> MarkedText {
        let bytes = field.bytes
        var nameEnd = 0
        var isInBrackets = false
        while nameEnd < bytes.count {
            let byte = bytes[nameEnd]
            if byte == UInt8(ascii: "[") { isInBrackets = true }
            if byte == UInt8(ascii: "]") { isInBrackets = false }
            if !isInBrackets, byte == UInt8(ascii: "!") || byte == UInt8(ascii: ":") { break }
            nameEnd += 1
        }
        var value = try argument(field[0..<nameEnd].string)
        var rest = nameEnd
        if rest < bytes.count, bytes[rest] == UInt8(ascii: "!") {
            guard rest + 1 < bytes.count, rest + 2 == bytes.count || bytes[rest + 2] == UInt8(ascii: ":") else {
                throw malformed("a conversion of one letter in a format")
            }
            switch bytes[rest + 1] {
            case UInt8(ascii: "s"): value = .text(try rendering.text(value))
            case UInt8(ascii: "r"): value = .text(try rendering.repr(value))
            case UInt8(ascii: "a"): throw rendering.unsupported("the conversion !a of a format")
            default: throw malformed("the conversion s or r in a format")
            }
            rest += 2
        }
        guard rest < bytes.count else { return try rendering.formatted(value, "") }
        let specification = try formatted(field[(rest + 1)..<bytes.count], depth: depth - 1)
        return try rendering.formatted(value, specification.string)
    }

    private mutating func argument(_ path: String) throws(TemplateError) -> Value {
        let end = path.utf8.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? path.endIndex
        var value = try first(String(path[..<end]))
        var rest = path[end...]
        while let kind = rest.first {
            rest.removeFirst()
            if kind == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(name.count)
                value = try rendering.attribute(String(name), of: value)
            } else {
                let key = rest.prefix { $0 != "]" }
                guard kind == "[", key.count < rest.count, !key.isEmpty else {
                    throw malformed("a name or a key in a format")
                }
                rest = rest.dropFirst(key.count + 1)
                value = try rendering.element(Int(key).map { .integer($0) } ?? .text(String(key)), of: value)
            }
        }
        return value
    }

    private mutating func first(_ name: String) throws(TemplateError) -> Value {
        if name.isEmpty || name.allSatisfy({ $0.isASCII && $0.isNumber }) {
            guard let index = try index(name), index < arguments.positional.count else {
                throw malformed("an argument for each field of a format")
            }
            return arguments.positional[index]
        }
        guard let value = arguments.named.first(where: { $0.name == name })?.value else {
            throw rendering.failure(expected: "an argument \(name) of format", found: "none")
        }
        return value
    }

    /// The number of a field, given or counted, but not both in one format.
    private mutating func index(_ name: String) throws(TemplateError) -> Int? {
        if name.isEmpty {
            guard let next = nextArgument else { throw malformed("fields with or without numbers in a format") }
            nextArgument = next + 1
            return next
        }
        guard nextArgument == nil || nextArgument == 0 else {
            throw malformed("fields with or without numbers in a format")
        }
        nextArgument = nil
        return Int(name)
    }
}
