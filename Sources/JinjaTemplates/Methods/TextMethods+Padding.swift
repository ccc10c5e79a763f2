extension TextMethods {
    /// How many of the characters to add go before the text.
    struct Padding: Sendable {
        var missing: Int
        var width: Int

        var rightAligned: Int { missing }
        var leftAligned: Int { 0 }
        /// Python puts the odd character first if the width is odd.
        var centered: Int { missing / 2 + (missing & width & 1) }
    }

    static func padded(_ before: @escaping @Sendable (Padding) -> Int) -> Body {
        { text, given, rendering throws(TemplateError) in
            let width = try (given[0] ?? .none).asInteger("width", rendering)
            let fill = try (given[1] ?? .text(" ")).asText("fillchar", rendering)
            guard fill.count == 1 else {
                throw rendering.failure(expected: "one character to fill with", found: "\(fill.count)")
            }
            return .text(try rendering.padded(text, width, fill, before))
        }
    }

    @Sendable static func fillZeros(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let width = try (given[0] ?? .none).asInteger("width", rendering)
        let hasSign = text.bytes.first == UInt8(ascii: "-") || text.bytes.first == UInt8(ascii: "+")
        let sign = hasSign ? text[0..<1] : .empty
        let digits = text[sign.bytes.count..<text.bytes.count]
        let filled = try rendering.padded(digits, max(0, width) - sign.bytes.count, MarkedText("0"), \.rightAligned)
        return .text(try rendering.joined([sign, filled]))
    }
}

extension Rendering {
    func padded(
        _ text: MarkedText, _ width: Int, _ fill: MarkedText, _ before: (TextMethods.Padding) -> Int
    ) throws(TemplateError) -> MarkedText {
        let length = text.count
        guard width > length else { return text }
        let missing = width - length
        let (bytes, overflows) = missing.multipliedReportingOverflow(by: fill.bytes.count)
        try count(bytes: overflows ? .max : text.bytes.count &+ bytes)
        let padding = TextMethods.Padding(missing: missing, width: width)
        let first = before(padding)
        var result = MarkedText.empty
        result.append(fill, times: first)
        result.append(text)
        result.append(fill, times: missing - first)
        return result
    }
}
