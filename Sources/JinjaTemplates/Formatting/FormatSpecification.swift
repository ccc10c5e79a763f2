/// How one value is formatted: fill, sign, width, precision and type.
struct FormatSpecification {
    var fill = MarkedText(" ")
    /// `<`, `>`, `^` or `=`, or nil for the type's own.
    var alignment: Character?
    var sign: Character = "-"
    var isAlternate = false
    var width = 0
    var grouping: Character?
    var precision: Int?
    var type: Character?

    /// Reads `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
    init(_ text: String, _ rendering: Rendering) throws(TemplateError) {
        var rest = Array(text.unicodeScalars.map { Character($0) })[...]
        let alignments: Set<Character> = ["<", ">", "^", "="]
        if rest.count > 1, alignments.contains(rest[rest.startIndex + 1]) {
            fill = MarkedText(String(rest.removeFirst()))
            alignment = rest.removeFirst()
        } else if let first = rest.first, alignments.contains(first) {
            alignment = rest.removeFirst()
        }
        if let first = rest.first, ["+", "-", " "].contains(first) { sign = rest.removeFirst() }
        if rest.first == "#" {
            isAlternate = true
            rest.removeFirst()
        }
        if rest.first == "0" {
            rest.removeFirst()
            if alignment == nil { (fill, alignment) = (MarkedText("0"), "=") }
        }
        width = try Self.number(&rest, rendering) ?? 0
        if let first = rest.first, first == "," || first == "_" { grouping = rest.removeFirst() }
        if rest.first == "." {
            rest.removeFirst()
            precision = try Self.number(&rest, rendering)
            if precision == nil { throw rendering.failure(expected: "a precision in a format", found: text) }
        }
        if let last = rest.popFirst() { type = last }
        guard rest.isEmpty else { throw rendering.failure(expected: "a format of a value", found: text) }
    }

    init() {}

    private static func number(_ rest: inout ArraySlice<Character>, _ rendering: Rendering)
        throws(TemplateError) -> Int?
    {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        guard let number = Int(String(digits)), number <= 1_000_000 else {
            throw .limitExceeded(line: rendering.line, what: "characters of a formatted value", limit: 1_000_000)
        }
        return number
    }

    /// Adds the fill on the side that the alignment says; `=` puts it after the sign.
    func padded(sign: String, _ body: MarkedText, isNumber: Bool, _ rendering: Rendering) throws(TemplateError)
        -> MarkedText
    {
        let text = try rendering.joined([MarkedText(sign), body])
        switch alignment ?? (isNumber ? ">" : "<") {
        case "<": return try rendering.padded(text, width, fill, \.leftAligned)
        case "^":
            let missing = max(0, width - text.count)
            let left = try rendering.padded(text, text.count + missing / 2, fill, \.rightAligned)
            return try rendering.padded(left, width, fill, \.leftAligned)
        case "=":
            let filled = try rendering.padded(body, width - sign.count, fill, \.rightAligned)
            return try rendering.joined([MarkedText(sign), filled])
        default: return try rendering.padded(text, width, fill, \.rightAligned)
        }
    }
}
