extension TextMethods {
    static func split(fromEnd: Bool) -> Body {
        { text, given, rendering throws(TemplateError) in
            var limit =
                try given[1].map { count throws(TemplateError) in try count.asInteger("maxsplit", rendering) } ?? -1
            if limit < 0 { limit = .max }
            guard let separator = given[0], separator.typeName != "None" else {
                return try list(fromEnd ? text.wordsFromEnd(limit) : text.words(limit), rendering)
            }
            let pattern = try separator.asText("sep", rendering).bytes
            guard !pattern.isEmpty else { throw rendering.failure(expected: "a separator", found: "an empty one") }
            return try list(
                fromEnd ? text.partsFromEnd(pattern, limit) : text.parts(pattern, limit), rendering)
        }
    }

    private static func list(_ parts: [MarkedText], _ rendering: Rendering) throws(TemplateError) -> Value {
        try rendering.count(steps: 3 * parts.count)
        return .list(try rendering.list(parts.map { .text($0) }))
    }

    @Sendable static func splitLines(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        try list(text.lines(keepingEnds: given[0]?.isTrue ?? false), rendering)
    }

    static func partition(fromEnd: Bool) -> Body {
        { text, given, rendering throws(TemplateError) in
            let separator = try (given[0] ?? .none).asText("sep", rendering)
            guard !separator.isEmpty else { throw rendering.failure(expected: "a separator", found: "an empty one") }
            let end = text.bytes.count
            let found =
                fromEnd
                ? text.findLast(separator.bytes, from: 0, to: end) : text.find(separator.bytes, from: 0, to: end)
            var parts = fromEnd ? [.empty, .empty, text] : [text, .empty, .empty]
            if let found {
                let after = found + separator.bytes.count
                parts = [text[0..<found], text[found..<after], text[after..<end]]
            }
            return .tuple(try rendering.list(parts.map { .text($0) }))
        }
    }
}

extension MarkedText {
    /// The parts between separators, of which at most `limit` are used.
    func parts(_ separator: [UInt8], _ limit: Int) -> [MarkedText] {
        parts(at: occurrences(of: separator, limit: limit), separator.count)
    }

    /// The same, with the last separators used.
    func partsFromEnd(_ separator: [UInt8], _ limit: Int) -> [MarkedText] {
        let reversed = MarkedText(bytes.reversed())
        let found = reversed.occurrences(of: separator.reversed(), limit: limit)
        return parts(at: found.reversed().map { bytes.count - $0 - separator.count }, separator.count)
    }

    private func parts(at separators: [Int], _ length: Int) -> [MarkedText] {
        var parts: [MarkedText] = []
        var start = 0
        for separator in separators {
            parts.append(self[start..<separator])
            start = separator + length
        }
        return parts + [self[start..<bytes.count]]
    }

    /// The words between white space; after `limit` of them the rest is one.
    func words(_ limit: Int) -> [MarkedText] {
        var words: [MarkedText] = []
        var offset = afterSpaces(0)
        while offset < bytes.count {
            if words.count == limit {
                words.append(self[offset..<bytes.count])
                break
            }
            let start = offset
            while offset < bytes.count, !scalar(at: offset).isPythonSpace { offset = end(ofCharacterAt: offset) }
            words.append(self[start..<offset])
            offset = afterSpaces(offset)
        }
        return words
    }

    /// The words between white space, counted from the end.
    func wordsFromEnd(_ limit: Int) -> [MarkedText] {
        var words: [MarkedText] = []
        var end = beforeSpaces(bytes.count)
        while end > 0 {
            if words.count == limit {
                words.append(self[0..<end])
                break
            }
            var start = end
            while start > 0, !scalar(at: self.start(ofCharacterBefore: start)).isPythonSpace {
                start = self.start(ofCharacterBefore: start)
            }
            words.append(self[start..<end])
            end = beforeSpaces(start)
        }
        return words.reversed()
    }

    private func afterSpaces(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, scalar(at: offset).isPythonSpace { offset = end(ofCharacterAt: offset) }
        return offset
    }

    private func beforeSpaces(_ offset: Int) -> Int {
        var offset = offset
        while offset > 0, scalar(at: start(ofCharacterBefore: offset)).isPythonSpace {
            offset = start(ofCharacterBefore: offset)
        }
        return offset
    }

    /// The lines, as Python's `splitlines` finds them.
    func lines(keepingEnds: Bool = false) -> [MarkedText] {
        var lines: [MarkedText] = []
        var (start, offset) = (0, 0)
        while offset < bytes.count {
            let scalar = scalar(at: offset)
            var end = end(ofCharacterAt: offset)
            if scalar.isPythonLineEnd {
                if scalar == "\r", end < bytes.count, bytes[end] == UInt8(ascii: "\n") { end += 1 }
                lines.append(self[start..<(keepingEnds ? end : offset)])
                start = end
            }
            offset = end
        }
        if start < bytes.count { lines.append(self[start..<bytes.count]) }
        return lines
    }
}
