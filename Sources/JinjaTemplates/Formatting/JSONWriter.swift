/// Writes values as JSON, as Python's `json.dumps` does.
struct JSONWriter {
    var isASCII = false
    var sortsKeys = false
    var indentation: MarkedText?
    var itemSeparator = MarkedText(", ")
    var keySeparator = MarkedText(": ")
    private let rendering: Rendering
    private var text = MarkedText.empty
    private var level = 0

    init(_ rendering: Rendering) { self.rendering = rendering }

    mutating func written(_ value: Value) throws(TemplateError) -> MarkedText {
        try append(value)
        return text
    }

    private mutating func append(_ value: Value) throws(TemplateError) {
        try rendering.count(steps: 1)
        switch value {
        case .none: try append(MarkedText("null"))
        case .bool(let value): try append(MarkedText(value ? "true" : "false"))
        case .integer(let value): try append(MarkedText(String(value)))
        case .largeInteger(let digits): try append(MarkedText(digits))
        case .number(let value):
            try rendering.count(steps: Rendering.stepsOfNumber)
            try append(MarkedText(Self.json(value)))
        case .text(let text): try append(quoted(text))
        case .list(let list), .tuple(let list): try append(list.items)
        case .dictionary(let dictionary): try append(dictionary)
        default: throw rendering.failure(expected: "a value that JSON has", found: value.typeName)
        }
    }

    private static func json(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : PythonNumber.repr(value)
    }

    private mutating func append(_ part: MarkedText) throws(TemplateError) {
        try rendering.count(bytes: part.bytes.count)
        guard text.bytes.count + part.bytes.count <= rendering.limits.textBytes else {
            throw .limitExceeded(line: rendering.line, what: "bytes of text", limit: rendering.limits.textBytes)
        }
        text.append(part)
    }

    private mutating func append(_ items: [Value]) throws(TemplateError) {
        guard !items.isEmpty else { return try append(MarkedText("[]")) }
        try append(MarkedText("["))
        try rendering.enterValue()
        level += 1
        for (index, item) in items.enumerated() {
            if index > 0 { try append(itemSeparator) }
            try breakLine()
            try append(item)
        }
        level -= 1
        rendering.leaveValue()
        try breakLine()
        try append(MarkedText("]"))
    }

    private mutating func append(_ dictionary: DictionaryValue) throws(TemplateError) {
        guard dictionary.count > 0 else { return try append(MarkedText("{}")) }
        var members = DictionaryView(kind: .items, dictionary: dictionary).items
        if sortsKeys {
            let keys = dictionary.keys.map { [$0] }
            members = try rendering.sorted(members, keys: keys, isReversed: false)
        }
        try append(MarkedText("{"))
        try rendering.enterValue()
        level += 1
        for (index, member) in members.enumerated() {
            if index > 0 { try append(itemSeparator) }
            try breakLine()
            guard case .tuple(let pair) = member else { continue }
            try append(quoted(try key(pair.items[0])))
            try append(keySeparator)
            try append(pair.items[1])
        }
        level -= 1
        rendering.leaveValue()
        try breakLine()
        try append(MarkedText("}"))
    }

    private mutating func breakLine() throws(TemplateError) {
        guard let indentation else { return }
        try append(MarkedText("\n"))
        for _ in 0..<level { try append(indentation) }
    }

    private func key(_ key: Value) throws(TemplateError) -> MarkedText {
        switch key {
        case .text(let text): text
        case .none: MarkedText("null")
        case .bool(let value): MarkedText(value ? "true" : "false")
        case .integer(let value): MarkedText(String(value))
        case .largeInteger(let digits): MarkedText(digits)
        case .number(let value): MarkedText(Self.json(value))
        default: throw rendering.failure(expected: "a key that JSON has", found: key.typeName)
        }
    }

    private func quoted(_ text: MarkedText) throws(TemplateError) -> MarkedText {
        try rendering.count(bytes: text.bytes.count)
        var result = MarkedText("\"")
        result.append(
            text.replacing { scalar, _ in
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                case "\n": "\\n"
                case "\r": "\\r"
                case "\t": "\\t"
                case "\u{8}": "\\b"
                case "\u{C}": "\\f"
                default: scalar.value < 0x20 || (isASCII && scalar.value > 0x7E) ? Self.escape(scalar) : nil
                }
            })
        result.append("\"")
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String? {
        guard scalar.value != 0x7F else { return nil }
        return String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
