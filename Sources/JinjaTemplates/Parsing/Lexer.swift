/// Splits a template into tokens as Jinja does with `trim_blocks` and `lstrip_blocks`: a tag takes the line break after
/// it and the indentation before it with it.
struct Lexer {
    let source: [UInt8]
    var position = 0
    var line = 1
    var tokens: [Token] = []
    /// Whether the last match ended with a line break, so that what follows is at the start of a line.
    private var isAtLineStart = true

    static func tokens(of source: String) throws(TemplateError) -> [Token] {
        guard source.utf8.count <= TemplateLimits.sourceBytes else {
            throw .limitExceeded(line: 1, what: "bytes of a template", limit: TemplateLimits.sourceBytes)
        }
        var lexer = Lexer(source: normalized(Array(source.utf8)))
        try lexer.readAll()
        return lexer.tokens
    }

    private init(source: [UInt8]) { self.source = source }

    /// The source with line feeds as line breaks, without the one at its end.
    private static func normalized(_ source: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        for (index, byte) in source.enumerated() {
            if byte == UInt8(ascii: "\n"), index > 0, source[index - 1] == UInt8(ascii: "\r") { continue }
            bytes.append(byte == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : byte)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return bytes
    }

    private mutating func readAll() throws(TemplateError) {
        while position < source.count {
            let start = position
            while position < source.count, !isTagBegin(position) { position += 1 }
            guard position < source.count else {
                appendData(start..<position)
                break
            }
            try readTag(textStart: start)
        }
        tokens.append(Token(kind: .end, line: line))
    }

    private func isTagBegin(_ offset: Int) -> Bool {
        guard source[offset] == UInt8(ascii: "{"), offset + 1 < source.count else { return false }
        let next = source[offset + 1]
        return next == UInt8(ascii: "%") || next == UInt8(ascii: "{") || next == UInt8(ascii: "#")
    }

    private mutating func readTag(textStart: Int) throws(TemplateError) {
        let kind = source[position + 1]
        let tagStart = position
        if kind == UInt8(ascii: "%"), let rawEnd = rawTagEnd(at: position, keyword: "raw", trimsLine: false) {
            appendData(trimmed(textStart..<tagStart, sign: sign(after: tagStart), isVariable: false))
            try readRaw(rawEnd, begun: tagStart)
            return
        }
        let sign = sign(after: position)
        appendData(trimmed(textStart..<tagStart, sign: sign, isVariable: kind == UInt8(ascii: "{")))
        advance(to: tagStart + (sign == nil ? 2 : 3))
        switch kind {
        case UInt8(ascii: "#"): try skipComment()
        case UInt8(ascii: "{"):
            tokens.append(Token(kind: .variableBegin, line: line))
            try readCode(isBlock: false)
        default:
            tokens.append(Token(kind: .blockBegin, line: line))
            try readCode(isBlock: true)
        }
    }

    /// The `-` or `+` after a tag's two first characters.
    private func sign(after tag: Int) -> UInt8? {
        guard tag + 2 < source.count else { return nil }
        let sign = source[tag + 2]
        return sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") ? sign : nil
    }

    /// The text before a tag without what the tag removes of it.
    private mutating func trimmed(_ range: Range<Int>, sign: UInt8?, isVariable: Bool) -> Range<Int> {
        var end = range.upperBound
        if sign == UInt8(ascii: "-") {
            while end > range.lowerBound, let start = spaceStart(before: end, from: range.lowerBound) { end = start }
        } else if sign == nil, !isVariable {
            let lineStart = source[range].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
            if lineStart != nil || isAtLineStart {
                let start = lineStart ?? range.lowerBound
                var blank = end
                while blank > start, let before = spaceStart(before: blank, from: start) { blank = before }
                if blank == start { end = start }
            }
        }
        return range.lowerBound..<end
    }

    /// The start of the white space character that ends at an offset, or nil if another one does.
    private func spaceStart(before end: Int, from lower: Int) -> Int? {
        var start = end - 1
        while start > lower, source[start] & 0xC0 == 0x80 { start -= 1 }
        return UTF8Bytes.scalar(at: start, of: source).isPythonSpace ? start : nil
    }

    private mutating func appendData(_ range: Range<Int>) {
        if !range.isEmpty { tokens.append(Token(kind: .data(Array(source[range])), line: line)) }
    }

    /// Moves on and counts the lines passed.
    mutating func advance(to offset: Int) {
        for index in countedTo..<offset where source[index] == UInt8(ascii: "\n") { line += 1 }
        if offset > 0 { isAtLineStart = source[offset - 1] == UInt8(ascii: "\n") }
        countedTo = offset
        position = offset
    }

    private var countedTo = 0

    /// Skips a comment. Jinja accepts one that begins at the very end of the template.
    private mutating func skipComment() throws(TemplateError) {
        if position == source.count { return }
        while position < source.count {
            let offset = position
            if let end = tagEnd(at: offset, closing: UInt8(ascii: "#"), trimsLine: true, takesPlus: true) {
                return advance(to: end)
            }
            position += 1
        }
        throw .malformed(line: line, expected: "#} at the end of a comment", found: "the end of the template")
    }

    /// The end of a closing tag (`#}`, `%}` or `}}`) with the white space that it removes, if one is here.
    func tagEnd(at offset: Int, closing: UInt8, trimsLine: Bool, takesPlus: Bool) -> Int? {
        var offset = offset
        guard offset < source.count else { return nil }
        let first = source[offset]
        let hasMinus = first == UInt8(ascii: "-")
        let hasSign = hasMinus || (takesPlus && first == UInt8(ascii: "+"))
        if hasSign { offset += 1 }
        guard offset + 1 < source.count, source[offset] == closing, source[offset + 1] == UInt8(ascii: "}") else {
            return nil
        }
        offset += 2
        if hasMinus {
            while offset < source.count, UTF8Bytes.scalar(at: offset, of: source).isPythonSpace {
                offset += 1
                while offset < source.count, source[offset] & 0xC0 == 0x80 { offset += 1 }
            }
        } else if trimsLine, !hasSign, offset < source.count, source[offset] == UInt8(ascii: "\n") {
            offset += 1
        }
        return offset
    }

    /// The end of `{% raw %}` or `{% endraw %}`, if it begins here.
    private func rawTagEnd(at begin: Int, keyword: String, trimsLine: Bool) -> Int? {
        var offset = begin + (sign(after: begin) == nil ? 2 : 3)
        offset = afterSpaces(offset)
        for byte in keyword.utf8 {
            guard offset < source.count, source[offset] == byte else { return nil }
            offset += 1
        }
        return tagEnd(
            at: afterSpaces(offset), closing: UInt8(ascii: "%"), trimsLine: trimsLine, takesPlus: trimsLine)
    }

    func afterSpaces(_ offset: Int) -> Int {
        var offset = offset
        while offset < source.count, UTF8Bytes.scalar(at: offset, of: source).isPythonSpace {
            offset += 1
            while offset < source.count, source[offset] & 0xC0 == 0x80 { offset += 1 }
        }
        return offset
    }

    private mutating func readRaw(_ start: Int, begun: Int) throws(TemplateError) {
        advance(to: start)
        if position == source.count { return }
        while position + 1 < source.count {
            if source[position] == UInt8(ascii: "{"), source[position + 1] == UInt8(ascii: "%"),
                let end = rawTagEnd(at: position, keyword: "endraw", trimsLine: true)
            {
                appendData(trimmed(start..<position, sign: sign(after: position), isVariable: false))
                return advance(to: end)
            }
            position += 1
        }
        throw .malformed(line: line, expected: "{% endraw %}", found: "the end of the template")
    }
}
