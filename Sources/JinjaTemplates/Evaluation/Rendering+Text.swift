/// Values as text, as Python's `str` and `repr` write them.
extension Rendering {
    /// What is printed for a value.
    func text(_ value: Value) throws(TemplateError) -> MarkedText {
        switch value {
        case .text(let text): return text
        case .undefined: return .empty
        default: return try repr(value)
        }
    }

    /// The value as Python would write it in a program.
    func repr(_ value: Value) throws(TemplateError) -> MarkedText {
        var text = MarkedText.empty
        try appendRepr(value, to: &text)
        return text
    }

    private func appendRepr(_ value: Value, to text: inout MarkedText) throws(TemplateError) {
        try count(steps: 1)
        guard text.bytes.count <= limits.textBytes else {
            throw .limitExceeded(line: line, what: "bytes of text", limit: limits.textBytes)
        }
        switch value {
        case .list(let list): try append(list.items, "[", "]", to: &text)
        case .tuple(let list): try append(list.items, "(", list.items.count == 1 ? ",)" : ")", to: &text)
        case .dictionary(let dictionary): try append(dictionary, to: &text)
        case .view(let view): try append(view.items, view.kind.typeName + "([", "])", to: &text)
        default: text.append(try simpleRepr(value))
        }
    }

    private func simpleRepr(_ value: Value) throws(TemplateError) -> MarkedText {
        switch value {
        case .undefined: return MarkedText("Undefined")
        case .none: return MarkedText("None")
        case .bool(let value): return MarkedText(value ? "True" : "False")
        case .integer(let value): return MarkedText(String(value))
        case .largeInteger(let digits): return MarkedText(digits)
        case .number(let value):
            try count(steps: Self.stepsOfNumber)
            return MarkedText(PythonNumber.repr(value))
        case .text(let value):
            try count(bytes: value.bytes.count)
            if value.isMarkup { return try joined([MarkedText("Markup("), value.quotedAsInPython, MarkedText(")")]) }
            return value.quotedAsInPython
        case .range(let range):
            return MarkedText("range(\(range.start), \(range.stop)\(range.step == 1 ? "" : ", \(range.step)"))")
        default: throw unsupported("the printed form of a \(value.typeName)")
        }
    }

    /// What it costs to find the shortest digits of a number.
    static let stepsOfNumber = 4

    private func append(_ items: [Value], _ open: String, _ close: String, to text: inout MarkedText)
        throws(TemplateError)
    {
        text.append(open)
        try enterValue()
        for (index, item) in items.enumerated() {
            if index > 0 { text.append(", ") }
            try appendRepr(item, to: &text)
        }
        leaveValue()
        text.append(close)
    }

    private func append(_ dictionary: DictionaryValue, to text: inout MarkedText) throws(TemplateError) {
        text.append("{")
        try enterValue()
        for (index, member) in dictionary.members.enumerated() {
            if index > 0 { text.append(", ") }
            try appendRepr(member.key, to: &text)
            text.append(": ")
            try appendRepr(member.value, to: &text)
        }
        leaveValue()
        text.append("}")
    }
}

extension MarkedText {
    /// The text in quotation marks with escapes, as Python's `repr` writes it.
    fileprivate var quotedAsInPython: MarkedText {
        let single = UInt8(ascii: "'")
        let quote = bytes.contains(single) && !bytes.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var result = MarkedText(quote)
        result.append(
            replacing { scalar, _ in
                switch scalar {
                case "\\": "\\\\"
                case "\n": "\\n"
                case "\r": "\\r"
                case "\t": "\\t"
                case "'": quote == "'" ? "\\'" : nil
                default: scalar.isPythonPrintable ? nil : scalar.pythonEscape
                }
            })
        result.append(quote)
        return result
    }

    /// The text with the characters escaped that have a meaning in HTML; Markup stays as it is.
    var escaped: MarkedText {
        if isMarkup { return self }
        var result = replacing { scalar, _ in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&#34;"
            case "'": "&#39;"
            default: nil
            }
        }
        result.isMarkup = true
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isPythonPrintable: Bool {
        if value < 0x7F { return value >= 0x20 }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    fileprivate var pythonEscape: String {
        let digits = String(value, radix: 16)
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }
}
