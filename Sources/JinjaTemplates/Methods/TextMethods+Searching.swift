extension TextMethods {
    /// The range of bytes that arguments for the start and the end select.
    private static func range(_ text: MarkedText, _ start: Value?, _ end: Value?, _ rendering: Rendering)
        throws(TemplateError) -> Range<Int>?
    {
        let count = text.count
        if let start = start?.asInteger, start > count { return nil }
        let slice = try Slice([start ?? .none, end ?? .none, .none], count: count, rendering)
        guard slice.start <= slice.stop else { return nil }
        return text.offset(ofCharacter: slice.start)..<text.offset(ofCharacter: slice.stop)
    }

    static func find(isLast: Bool, mustExist: Bool) -> Body {
        { text, given, rendering throws(TemplateError) in
            let part = try (given[0] ?? .none).asText("the text to find", rendering)
            let range = try range(text, given[1], given[2], rendering)
            let found = range.flatMap {
                isLast
                    ? text.findLast(part.bytes, from: $0.lowerBound, to: $0.upperBound)
                    : text.find(part.bytes, from: $0.lowerBound, to: $0.upperBound)
            }
            if let found { return .integer(text.number(ofCharacterAt: found)) }
            guard mustExist else { return .integer(-1) }
            throw rendering.failure(expected: "a part that the text has", found: "one that it does not have")
        }
    }

    @Sendable static func count(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let part = try (given[0] ?? .none).asText("the text to count", rendering)
        guard let range = try range(text, given[1], given[2], rendering) else { return .integer(0) }
        let text = text[range]
        return .integer(part.isEmpty ? text.count + 1 : text.occurrences(of: part.bytes).count)
    }

    static func hasAffix(isPrefix: Bool) -> Body {
        { text, given, rendering throws(TemplateError) in
            var affixes = [given[0] ?? .none]
            if case .tuple(let list) = affixes[0] { affixes = list.items }
            let range = try range(text, given[1], given[2], rendering)
            for affix in affixes {
                let affix = try affix.asText(isPrefix ? "a prefix" : "a suffix", rendering)
                guard let part = range.map({ text[$0] }) else { continue }
                if isPrefix ? part.matches(affix.bytes, at: 0) : part.hasSuffix(affix.bytes) { return .bool(true) }
            }
            return .bool(false)
        }
    }
}
