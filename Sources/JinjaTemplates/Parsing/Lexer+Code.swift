/// Tokens between `{{` and `}}` or `{%` and `%}`.
extension Lexer {
    private static let symbols = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";",
    ].map { ($0, Array($0.utf8)) }
    private static let closing = ["(": ")", "[": "]", "{": "}"]

    mutating func readCode(isBlock: Bool) throws(TemplateError) {
        var open: [String] = []
        while true {
            if open.isEmpty,
                let end = tagEnd(
                    at: position, closing: UInt8(ascii: isBlock ? "%" : "}"), trimsLine: isBlock, takesPlus: isBlock)
            {
                tokens.append(Token(kind: isBlock ? .blockEnd : .variableEnd, line: line))
                return advance(to: end)
            }
            guard position < source.count else {
                let expected = open.last ?? (isBlock ? "%}" : "}}")
                throw .malformed(line: line, expected: expected, found: "the end of the template")
            }
            let next = afterSpaces(position)
            if next > position {
                advance(to: next)
            } else if try !readNumber(), try !readName(), try !readText() {
                try readSymbol(&open)
            }
        }
    }

    private mutating func readSymbol(_ open: inout [String]) throws(TemplateError) {
        guard let (symbol, _) = Self.symbols.first(where: { source[position...].starts(with: $0.1) }) else {
            let found = String(UTF8Bytes.scalar(at: position, of: source))
            throw .malformed(line: line, expected: "an expression", found: "the character \(found)")
        }
        if let closing = Self.closing[symbol] { open.append(closing) }
        if symbol == ")" || symbol == "]" || symbol == "}" {
            guard let expected = open.popLast() else {
                throw .malformed(line: line, expected: "an expression", found: symbol)
            }
            guard expected == symbol else { throw .malformed(line: line, expected: expected, found: symbol) }
        }
        add(.symbol(symbol), length: symbol.utf8.count)
    }

    private mutating func add(_ kind: Token.Kind, length: Int) {
        tokens.append(Token(kind: kind, line: line))
        advance(to: position + length)
    }

    private func byte(_ offset: Int) -> UInt8? { offset < source.count ? source[offset] : nil }

    private func isDigit(_ offset: Int) -> Bool { byte(offset).map { (0x30...0x39).contains($0) } ?? false }

    /// The end of digits, which may be separated by single underscores.
    private func digitsEnd(_ start: Int) -> Int? {
        guard isDigit(start) else { return nil }
        var end = start + 1
        while isDigit(end) || (byte(end) == UInt8(ascii: "_") && isDigit(end + 1)) { end += 1 }
        return end
    }

    private mutating func readNumber() throws(TemplateError) -> Bool {
        guard let whole = digitsEnd(position) else { return false }
        if let end = floatEnd(whole) {
            let digits = String(decoding: source[position..<end].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
            guard let value = Double(digits) else {
                throw .malformed(line: line, expected: "a number", found: digits)
            }
            add(.number(value), length: end - position)
            return true
        }
        try readInteger(whole)
        return true
    }

    private func floatEnd(_ whole: Int) -> Int? {
        if position > 0, source[position - 1] == UInt8(ascii: ".") { return nil }
        var end = whole
        if byte(end) == UInt8(ascii: "."), let fraction = digitsEnd(end + 1) { end = fraction }
        if let letter = byte(end), letter | 0x20 == UInt8(ascii: "e") {
            let hasSign = byte(end + 1) == UInt8(ascii: "+") || byte(end + 1) == UInt8(ascii: "-")
            if let exponent = digitsEnd(end + (hasSign ? 2 : 1)) { end = exponent }
        }
        return end > whole ? end : nil
    }

    private mutating func readInteger(_ whole: Int) throws(TemplateError) {
        let radixes: [UInt8: Int] = [UInt8(ascii: "b"): 2, UInt8(ascii: "o"): 8, UInt8(ascii: "x"): 16]
        var (start, end, radix) = (position, whole, 10)
        if byte(position) == UInt8(ascii: "0") {
            end = position + 1
            while byte(end) == UInt8(ascii: "0")
                || (byte(end) == UInt8(ascii: "_") && byte(end + 1) == UInt8(ascii: "0"))
            { end += 1 }
            if let letter = byte(position + 1), let prefixed = radixes[letter | 0x20] {
                func isOfRadix(_ offset: Int) -> Bool {
                    byte(offset).flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map { $0 < prefixed } ?? false
                }
                var last = position + 2
                while isOfRadix(last) || (byte(last) == UInt8(ascii: "_") && isOfRadix(last + 1)) { last += 1 }
                if last > position + 2 { (start, end, radix) = (position + 2, last, prefixed) }
            }
        }
        let digits = String(decoding: source[start..<end].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        guard let value = Int(digits, radix: radix) else {
            throw .unsupported(line: line, found: "an integer of more than 64 bits")
        }
        add(.integer(value), length: end - position)
    }

    private mutating func readName() throws(TemplateError) -> Bool {
        var end = position
        while let next = byte(end) {
            let scalar = UTF8Bytes.scalar(at: end, of: source)
            guard next == UInt8(ascii: "_") || scalar.properties.isIDContinue else { break }
            if end == position, next != UInt8(ascii: "_"), !scalar.properties.isIDStart { break }
            end += scalar.utf8.count
        }
        guard end > position else { return false }
        add(.name(String(decoding: source[position..<end], as: UTF8.self)), length: end - position)
        return true
    }

    private mutating func readText() throws(TemplateError) -> Bool {
        guard let quote = byte(position), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return false
        }
        var end = position + 1
        while let next = byte(end), next != quote { end += next == UInt8(ascii: "\\") ? 2 : 1 }
        guard end < source.count else {
            throw .malformed(
                line: line, expected: "\(Character(Unicode.Scalar(quote))) at the end of a text",
                found: "the end of the template")
        }
        var decoder = EscapeDecoder(bytes: source[(position + 1)..<end])
        guard let text = decoder.decoded() else {
            throw .malformed(line: line, expected: "complete escapes of characters", found: decoder.fault)
        }
        add(.text(text), length: end + 1 - position)
        return true
    }
}
