/// Filters that make texts. What is not a text is printed first.
extension Filters {
    static let texts: [String: Filter] = [
        "string": text("string") { text, _, _ throws(TemplateError) in text },
        "upper": text("upper") { text, _, _ throws(TemplateError) in text.uppercased },
        "lower": text("lower") { text, _, _ throws(TemplateError) in text.lowercased },
        "capitalize": text("capitalize") { text, _, rendering throws(TemplateError) in
            try rendering.count(characters: text.bytes.count)
            return text.capitalized
        },
        "title": text("title") { text, _, rendering throws(TemplateError) in
            try rendering.count(characters: text.bytes.count)
            return text.titledAsFilter
        },
        "safe": text("safe") { text, _, _ throws(TemplateError) in text.withMarkup },
        "escape": text("escape") { text, _, _ throws(TemplateError) in text.escaped },
        "e": text("e") { text, _, _ throws(TemplateError) in text.escaped },
        "trim": text("trim", ["chars"]) { text, given, rendering throws(TemplateError) in
            try rendering.stripped(text, .both, given[0])
        },
        "center": text("center", ["width"]) { text, given, rendering throws(TemplateError) in
            let width = try (given[0] ?? .integer(80)).asInteger("a width", rendering)
            return try rendering.padded(text, width, MarkedText(" "), \.centered)
        },
        "replace": text("replace", ["old", "new", "count"], required: 2, replace),
        "indent": filter("indent", ["width", "first", "blank"], indent),
        "truncate": filter("truncate", ["length", "killwords", "end", "leeway"], truncate),
        "urlencode": filter("urlencode", urlEncode), "wordcount": filter("wordcount", wordCount),
        "striptags": filter("striptags", stripTags),
        "format": { value, arguments, rendering throws(TemplateError) in
            try format(value, arguments, rendering)
        },
    ]

    private typealias TextBody = @Sendable (MarkedText, [Value?], Rendering) throws(TemplateError) -> MarkedText

    private static func text(
        _ name: String, _ parameters: [String] = [], required: Int = 0, _ body: @escaping TextBody
    ) -> Filter {
        filter(name, parameters, required: required) { value, given, rendering throws(TemplateError) in
            let text = try rendering.text(value)
            try rendering.count(bytes: text.bytes.count)
            return .text(try body(text, given, rendering))
        }
    }

    @Sendable private static func replace(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> MarkedText
    {
        var text = text
        text.isMarkup = false
        let old = try rendering.text(given[0] ?? .none)
        let new = try rendering.text(given[1] ?? .none)
        var limit = -1
        if let count = given[2], count.typeName != "None" { limit = try count.asInteger("count", rendering) }
        return try rendering.replaced(text, old, new, limit: limit)
    }

    @Sendable private static func indent(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let text = try value.asText("the text to indent", rendering)
        if text.isMarkup { throw rendering.unsupported("the filter indent of a text that is marked as safe") }
        var indentation = MarkedText("    ")
        if let width = given[0] {
            if case .text(let text) = width {
                indentation = text
            } else {
                let count = max(0, try width.asInteger("a width", rendering))
                try rendering.count(bytes: count)
                indentation = MarkedText([UInt8](repeating: UInt8(ascii: " "), count: count))
            }
        }
        let (first, blank) = (given[1]?.isTrue ?? false, given[2]?.isTrue ?? false)
        var withEnd = text
        withEnd.append("\n")
        let lines = withEnd.lines()
        try rendering.count(bytes: withEnd.bytes.count + lines.count * (indentation.bytes.count + 1))
        var result = first ? indentation : .empty
        for (index, line) in lines.enumerated() {
            if index > 0 {
                result.append("\n")
                if blank || !line.isEmpty { result.append(indentation) }
            }
            result.append(line)
        }
        return .text(result)
    }

    @Sendable private static func truncate(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let length = try (given[0] ?? .integer(255)).asInteger("a length", rendering)
        let end = try (given[2] ?? .text("...")).asText("the end", rendering)
        var leeway = 5
        if let value = given[3], value.typeName != "None" { leeway = try value.asInteger("the leeway", rendering) }
        guard length >= end.count, leeway >= 0 else {
            throw rendering.failure(expected: "a length of at least \(end.count) and a leeway", found: "\(length)")
        }
        let (longest, overflows) = length.addingReportingOverflow(leeway)
        if try rendering.length(of: value) <= (overflows ? .max : longest) { return value }
        let text = try value.asText("the text to truncate", rendering)
        try rendering.count(bytes: text.bytes.count)
        var kept = text[0..<text.offset(ofCharacter: length - end.count)]
        if !(given[1]?.isTrue ?? false) { kept = kept.partsFromEnd([UInt8(ascii: " ")], 1)[0] }
        return .text(try rendering.joined([kept, end]))
    }

    @Sendable private static func wordCount(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let text = try rendering.text(value)
        try rendering.count(characters: text.bytes.count)
        var (count, isInWord) = (0, false)
        for scalar in text.scalars {
            let isWord = scalar == "_" || scalar.isPythonLetter || scalar.isPythonNumeric
            if isWord, !isInWord { count += 1 }
            isInWord = isWord
        }
        return .integer(count)
    }

    private static func format(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        guard arguments.positional.isEmpty || arguments.named.isEmpty else {
            throw rendering.failure(expected: "arguments of format all with names or all without", found: "both")
        }
        let text = try rendering.text(value)
        if text.isMarkup { throw rendering.unsupported("the filter format of a text that is marked as safe") }
        let members = arguments.named.map { (key: Value.text($0.name), value: $0.value) }
        let operand: Value =
            members.isEmpty
            ? .tuple(try rendering.list(arguments.positional)) : .dictionary(try rendering.dictionary(members))
        return .text(try rendering.formatted(text, percent: operand))
    }

    @Sendable private static func urlEncode(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        var pairs: [Value]
        switch value {
        case .text, .none, .bool, .integer, .number:
            return .text(try encoded(value, keeping: "/", rendering))
        case .dictionary(let dictionary): pairs = DictionaryView(kind: .items, dictionary: dictionary).items
        default: pairs = try rendering.items(of: value)
        }
        var parts: [MarkedText] = []
        for pair in pairs {
            let items = try rendering.items(of: pair)
            guard items.count == 2 else {
                throw rendering.failure(expected: "pairs of keys and values", found: "\(items.count) values")
            }
            let (key, value) = (
                try encoded(items[0], keeping: "", rendering), try encoded(items[1], keeping: "", rendering)
            )
            parts.append(try rendering.joined([key, value], separator: MarkedText("=")))
        }
        return .text(try rendering.joined(parts, separator: MarkedText("&")))
    }

    private static func encoded(_ value: Value, keeping: String, _ rendering: Rendering) throws(TemplateError)
        -> MarkedText
    {
        let text = try rendering.text(value)
        try rendering.count(characters: text.bytes.count * 3)
        let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~\(keeping)".unicodeScalars)
        return text.replacing { scalar, _ in
            if kept.contains(scalar) { return nil }
            if scalar == " ", keeping.isEmpty { return "+" }
            return scalar.utf8.map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count < 2 ? "0" : "") + digits
            }.joined()
        }
    }
}

extension MarkedText {
    fileprivate var withMarkup: MarkedText {
        var text = self
        text.isMarkup = true
        return text
    }

    /// Each word between spaces, hyphens and opening brackets with its first letter in upper case.
    fileprivate var titledAsFilter: MarkedText {
        var isStart = true
        var lower = lowercased
        lower.isMarkup = false
        return lower.replacing { scalar, _ in
            let begins = isStart
            isStart = scalar.isPythonSpace || ["-", "(", "{", "[", "<"].contains(scalar)
            return begins ? scalar.properties.uppercaseMapping : nil
        }
    }
}
