/// The methods of texts, lists and dictionaries that a template may call.
enum Methods {
    typealias Method = @Sendable (Value, Arguments, Rendering) throws(TemplateError) -> Value

    static func method(_ name: String, of value: Value) -> Method? {
        switch value {
        case .text: TextMethods.all[name]
        case .list: SequenceMethods.all[name]
        case .tuple, .range: name == "copy" ? nil : SequenceMethods.all[name]
        case .dictionary: DictionaryMethods.all[name]
        default: nil
        }
    }

    /// Whether dictionaries have a method or attribute of this name, which hides a member.
    static func areOfDictionaries(_ name: String) -> Bool {
        let empty = Value.dictionary(DictionaryValue(unchecked: []))
        return DictionaryMethods.all[name] != nil || areForbidden(name, of: empty) || areUnsupported(name, of: empty)
    }

    /// Whether a method would change a value, which the sandbox does not allow.
    static func areForbidden(_ name: String, of value: Value) -> Bool {
        if name.hasPrefix("_") { return true }
        switch value {
        case .list:
            return ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"].contains(name)
        case .dictionary: return ["clear", "pop", "popitem", "setdefault", "update"].contains(name)
        default: return false
        }
    }

    /// Whether Python has a method or attribute that this interpreter does not have.
    static func areUnsupported(_ name: String, of value: Value) -> Bool {
        switch value {
        case .text:
            [
                "encode", "format_map", "isidentifier", "isprintable", "maketrans", "translate",
            ].contains(name)
        case .dictionary: name == "fromkeys"
        case .bool, .integer:
            [
                "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "from_bytes", "imag",
                "is_integer", "numerator", "real", "to_bytes",
            ].contains(name)
        case .number:
            ["as_integer_ratio", "conjugate", "fromhex", "from_number", "hex", "imag", "is_integer", "real"]
                .contains(name)
        case .range: ["start", "stop", "step"].contains(name)
        case .view: ["isdisjoint", "mapping"].contains(name)
        case .iterator: ["close", "send", "throw", "gi_running", "gi_suspended", "gi_yieldfrom"].contains(name)
        default: false
        }
    }
}

extension Value {
    /// The value as an argument that must be a text.
    func asText(_ name: String, _ rendering: Rendering) throws(TemplateError) -> MarkedText {
        guard case .text(let text) = self else {
            throw rendering.failure(expected: "a text as \(name)", found: typeName)
        }
        return text
    }

    /// The value as an argument that must be an integer.
    func asInteger(_ name: String, _ rendering: Rendering) throws(TemplateError) -> Int {
        guard let integer = asInteger else {
            throw rendering.failure(expected: "an integer as \(name)", found: typeName)
        }
        return integer
    }
}
