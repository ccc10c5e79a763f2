/// The methods of texts.
enum TextMethods {
    typealias Body = @Sendable (MarkedText, [Value?], Rendering) throws(TemplateError) -> Value

    static let all: [String: Methods.Method] = [
        "strip": stripping("strip", .both), "lstrip": stripping("lstrip", .start), "rstrip": stripping("rstrip", .end),
        "split": method("split", ["sep", "maxsplit"], split(fromEnd: false)),
        "rsplit": method("rsplit", ["sep", "maxsplit"], split(fromEnd: true)),
        "splitlines": method("splitlines", ["keepends"], splitLines),
        "partition": method("partition", ["/sep"], required: 1, partition(fromEnd: false)),
        "rpartition": method("rpartition", ["/sep"], required: 1, partition(fromEnd: true)),
        "startswith": method("startswith", ["/prefix", "/start", "/end"], required: 1, hasAffix(isPrefix: true)),
        "endswith": method("endswith", ["/suffix", "/start", "/end"], required: 1, hasAffix(isPrefix: false)),
        "removeprefix": method("removeprefix", ["/prefix"], required: 1, removePrefix),
        "removesuffix": method("removesuffix", ["/suffix"], required: 1, removeSuffix),
        "replace": method("replace", ["/old", "/new", "count"], required: 2, replace),
        "find": method("find", ["/sub", "/start", "/end"], required: 1, find(isLast: false, mustExist: false)),
        "rfind": method("rfind", ["/sub", "/start", "/end"], required: 1, find(isLast: true, mustExist: false)),
        "index": method("index", ["/sub", "/start", "/end"], required: 1, find(isLast: false, mustExist: true)),
        "rindex": method("rindex", ["/sub", "/start", "/end"], required: 1, find(isLast: true, mustExist: true)),
        "count": method("count", ["/sub", "/start", "/end"], required: 1, count),
        "join": method("join", ["/iterable"], required: 1, join),
        "upper": method("upper", [], mapped(\.uppercased)), "lower": method("lower", [], mapped(\.lowercased)),
        "title": method("title", [], changed(\.titled)), "swapcase": method("swapcase", [], changed(\.caseSwapped)),
        "capitalize": method("capitalize", [], changed(\.capitalized)),
        "casefold": method("casefold", [], changed(\.caseFolded)),
        "isdigit": method("isdigit", [], all(\.isPythonDigit)),
        "isdecimal": method("isdecimal", [], all(\.isPythonDecimal)),
        "isnumeric": method("isnumeric", [], all(\.isPythonNumeric)),
        "isalpha": method("isalpha", [], all(\.isPythonLetter)),
        "isalnum": method("isalnum", [], all { $0.isPythonLetter || $0.isPythonNumeric }),
        "isspace": method("isspace", [], all(\.isPythonSpace)),
        "isascii": method("isascii", []) { text, _, _ throws(TemplateError) in .bool(text.isASCII) },
        "isupper": method("isupper", [], test(\.isUppercase)), "islower": method("islower", [], test(\.isLowercase)),
        "istitle": method("istitle", [], test(\.isTitled)), "expandtabs": method("expandtabs", ["tabsize"], expandTabs),
        "ljust": method("ljust", ["/width", "/fillchar"], required: 1, padded(\.leftAligned)),
        "rjust": method("rjust", ["/width", "/fillchar"], required: 1, padded(\.rightAligned)),
        "center": method("center", ["/width", "/fillchar"], required: 1, padded(\.centered)),
        "zfill": method("zfill", ["/width"], required: 1, fillZeros),
        "format": { value, arguments, rendering throws(TemplateError) in
            let text = try value.asText("format", rendering)
            guard !text.isMarkup else { throw rendering.unsupported("format of a text that is marked as safe") }
            return .text(try rendering.formatted(text, arguments))
        },
    ]

    /// A method whose work is proportional to the text.
    private static func method(_ name: String, _ parameters: [String], required: Int = 0, _ body: @escaping Body)
        -> Methods.Method
    {
        { value, arguments, rendering throws(TemplateError) in
            let text = try value.asText(name, rendering)
            try rendering.count(bytes: text.bytes.count)
            let given = try arguments.bound(to: parameters, required: required, of: name, rendering)
            if text.isMarkup, required > 0 { throw rendering.unsupported("\(name) of a text that is marked as safe") }
            return try body(text, given, rendering)
        }
    }

    private static func mapped(_ change: @escaping @Sendable (MarkedText) -> MarkedText) -> Body {
        { text, _, _ throws(TemplateError) in .text(change(text)) }
    }

    /// A change that looks at each character with several tables, however simple the text is.
    private static func changed(_ change: @escaping @Sendable (MarkedText) -> MarkedText) -> Body {
        { text, _, rendering throws(TemplateError) in
            try rendering.count(characters: text.bytes.count)
            try rendering.count(steps: text.bytes.count)
            return .text(change(text))
        }
    }

    private static func test(_ test: @escaping @Sendable (MarkedText) -> Bool) -> Body {
        { text, _, rendering throws(TemplateError) in
            try rendering.count(characters: text.bytes.count)
            return .bool(test(text))
        }
    }

    private static func all(_ condition: @escaping @Sendable (Unicode.Scalar) -> Bool) -> Body {
        test { text in !text.isEmpty && text.scalars.allSatisfy(condition) }
    }

    private static func stripping(_ name: String, _ ends: MarkedText.Ends) -> Methods.Method {
        method(name, ["/chars"]) { text, given, rendering throws(TemplateError) in
            .text(try rendering.stripped(text, ends, given[0]))
        }
    }

    @Sendable private static func removePrefix(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let prefix = try (given[0] ?? .none).asText("prefix", rendering)
        let starts = text.matches(prefix.bytes, at: 0)
        return .text(starts ? text[prefix.bytes.count..<text.bytes.count] : text)
    }

    @Sendable private static func removeSuffix(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let suffix = try (given[0] ?? .none).asText("suffix", rendering)
        let ends = text.hasSuffix(suffix.bytes)
        return .text(ends ? text[0..<(text.bytes.count - suffix.bytes.count)] : text)
    }

    @Sendable private static func replace(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let old = try (given[0] ?? .none).asText("old", rendering)
        let new = try (given[1] ?? .none).asText("new", rendering)
        let limit = try given[2].map { count throws(TemplateError) in try count.asInteger("count", rendering) } ?? -1
        return .text(try rendering.replaced(text, old, new, limit: limit))
    }

    @Sendable private static func join(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        var parts: [MarkedText] = []
        for item in try rendering.items(of: given[0] ?? .none) {
            parts.append(try item.asText("each part to join", rendering))
        }
        return .text(try rendering.joined(parts, separator: text))
    }
}
