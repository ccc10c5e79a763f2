extension TextMethods {
    /// Replaces tabs by spaces up to the next column that is a multiple of `tabsize`.
    @Sendable static func expandTabs(_ text: MarkedText, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let size = max(0, try (given[0] ?? .integer(8)).asInteger("tabsize", rendering))
        let tabs = text.bytes.count { $0 == UInt8(ascii: "\t") }
        let (growth, overflows) = tabs.multipliedReportingOverflow(by: size)
        try rendering.count(characters: overflows ? .max : text.bytes.count &+ growth)
        var column = 0
        return .text(
            text.replacing { scalar, _ in
                switch scalar {
                case "\t":
                    let width = size == 0 ? 0 : size - column % size
                    column += width
                    return String(repeating: " ", count: width)
                case "\n", "\r": column = 0
                default: column += 1
                }
                return nil
            })
    }
}
