import CLibc

extension Filters {
    @Sendable static func absolute(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        switch try rendering.numeric(value) {
        case .integer(let number): number < 0 ? try rendering.signed(.integer(number), isMinus: true) : .integer(number)
        case .number(let number): .number(abs(number))
        case nil: throw rendering.failure(expected: "a number", found: value.typeName)
        }
    }

    @Sendable static func integer(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let base = try (given[1] ?? .integer(10)).asInteger("a base", rendering)
        if let whole = try wholeNumber(value, base, rendering) { return .integer(whole) }
        return given[0] ?? .integer(0)
    }

    private static func wholeNumber(_ value: Value, _ base: Int, _ rendering: Rendering) throws(TemplateError) -> Int? {
        switch value {
        case .text(let text):
            try rendering.count(bytes: text.bytes.count)
            let text = text[text.stripRange(.both) { $0.isPythonSpace }].string
            guard base == 10 else { return try based(text, base, rendering) }
            if let digits = decimalDigits(text) {
                guard let integer = Int(digits) else { throw rendering.unsupportedInteger }
                return integer
            }
            return try double(text).flatMap { number throws(TemplateError) in try truncated(number, rendering) }
        case .undefined(let undefined): throw rendering.failure(undefined: undefined)
        default:
            guard let number = try rendering.numeric(value) else { return nil }
            if case .integer(let integer) = number { return integer }
            return try truncated(number.double, rendering)
        }
    }

    private static func truncated(_ number: Double, _ rendering: Rendering) throws(TemplateError) -> Int? {
        guard number.isFinite else { return nil }
        guard let integer = Int(exactly: number.rounded(.towardZero)) else {
            throw rendering.unsupportedInteger
        }
        return integer
    }

    private static func based(_ text: String, _ base: Int, _ rendering: Rendering) throws(TemplateError) -> Int? {
        guard (2...36).contains(base), !text.contains("_") else {
            throw rendering.unsupported("the filter int with this base or underscores")
        }
        let prefixes = [2: "0b", 8: "0o", 16: "0x"]
        let isNegative = text.hasPrefix("-")
        var digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if let prefix = prefixes[base], digits.lowercased().hasPrefix(prefix) { digits = digits.dropFirst(2) }
        guard !digits.hasPrefix("-"), !digits.hasPrefix("+") else { return nil }
        if let magnitude = Int(digits, radix: base) { return isNegative ? -magnitude : magnitude }
        return try double(text).flatMap { number throws(TemplateError) in try truncated(number, rendering) }
    }

    /// The digits and sign of a decimal integer in Python's notation, without underscores.
    private static func decimalDigits(_ text: String) -> String? {
        var digits = ""
        var isSeparated = true
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): isSeparated = false
            case UInt8(ascii: "-"), UInt8(ascii: "+"):
                guard index == 0 else { return nil }
            case UInt8(ascii: "_"):
                guard !isSeparated else { return nil }
                isSeparated = true
                continue
            default: return nil
            }
            digits.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return isSeparated ? nil : digits
    }

    /// The number that Python's `float` reads.
    private static func double(_ text: String) -> Double? {
        let lowered = text.lowercased()
        let unsigned = lowered.hasPrefix("-") || lowered.hasPrefix("+") ? lowered.dropFirst() : lowered[...]
        if ["inf", "infinity"].contains(unsigned) { return lowered.hasPrefix("-") ? -.infinity : .infinity }
        if unsigned == "nan" { return .nan }
        var bytes: [UInt8] = []
        let all = Array(lowered.utf8)
        for (index, byte) in all.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                bytes.append(byte)
            case UInt8(ascii: "_"):
                let isBetweenDigits =
                    index > 0 && index + 1 < all.count && (0x30...0x39).contains(all[index - 1])
                    && (0x30...0x39).contains(all[index + 1])
                guard isBetweenDigits else { return nil }
            default: return nil
            }
        }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    @Sendable static func number(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        switch value {
        case .text(let text):
            try rendering.count(bytes: text.bytes.count)
            let text = text[text.stripRange(.both) { $0.isPythonSpace }].string
            return double(text).map { .number($0) } ?? given[0] ?? .number(0)
        case .undefined(let undefined): throw rendering.failure(undefined: undefined)
        default: return try rendering.numeric(value).map { .number($0.double) } ?? given[0] ?? .number(0)
        }
    }

    @Sendable static func rounded(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let precision = try (given[0] ?? .integer(0)).asInteger("a precision", rendering)
        let method = try (given[1] ?? .text("common")).asText("a method", rendering).string
        if case .undefined(let undefined) = value { throw rendering.failure(undefined: undefined) }
        guard let number = try rendering.numeric(value) else {
            throw rendering.failure(expected: "a number", found: value.typeName)
        }
        switch method {
        case "common":
            guard case .number(let double) = number else {
                if precision < 0 { throw rendering.unsupported("the filter round of an integer to tens") }
                return value.typeName == "bool" ? .integer(value.isTrue ? 1 : 0) : value
            }
            try rendering.count(steps: ExactDecimal.steps(double))
            return .number(round(double, precision))
        case "ceil", "floor":
            guard (0...22).contains(precision) else {
                throw rendering.unsupported("this precision of the filter round")
            }
            let factor = pow(10, Double(precision))
            let scaled = number.double * factor
            guard scaled.isFinite else { throw rendering.failure(expected: "a finite number", found: "\(scaled)") }
            return .number(scaled.rounded(method == "ceil" ? .up : .down) / factor)
        default: throw rendering.failure(expected: "common, ceil or floor", found: method)
        }
    }

    /// Rounds half to even at a decimal place, correctly.
    private static func round(_ number: Double, _ precision: Int) -> Double {
        guard number.isFinite, number != 0, precision < 400 else { return number }
        if precision < -400 { return Double(signOf: number, magnitudeOf: 0) }
        let (digits, exponent) = ExactDecimal(number.magnitude).rounded(to: -precision)
        let text = digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
        let magnitude = Double("\(text)e\(exponent - digits.count + 1)") ?? 0
        return number < 0 ? -magnitude : magnitude
    }
}
