/// The tests after `is`.
enum ValueTests {
    typealias Test = @Sendable (Value, Arguments, Rendering) throws(TemplateError) -> Bool

    static let all: [String: Test] = [
        "defined": plain("defined") { !$0.isUndefined }, "undefined": plain("undefined") { $0.isUndefined },
        "none": plain("none") { $0.typeName == "None" }, "boolean": plain("boolean") { $0.typeName == "bool" },
        "true": plain("true") { $0.asBool == true }, "false": plain("false") { $0.asBool == false },
        "integer": plain("integer") { $0.typeName == "int" }, "float": plain("float") { $0.typeName == "float" },
        "number": plain("number") { Numeric($0) != nil || $0.typeName == "int" },
        "string": plain("string") { $0.typeName == "str" },
        "mapping": plain("mapping") { $0.typeName == "dict" }, "sequence": plain("sequence", isSequence),
        "iterable": plain("iterable", isIterable), "callable": plain("callable", isCallable),
        "escaped": plain("escaped") { if case .text(let text) = $0 { text.isMarkup } else { false } },
        "odd": divisible("odd", by: 2, remainder: 1), "even": divisible("even", by: 2, remainder: 0),
        "divisibleby": divisibleBy, "sameas": isSame, "filter": isFilter, "test": isTest,
        "lower": { value, arguments, rendering throws(TemplateError) in
            _ = try arguments.bound(to: [], required: 0, of: "lower", rendering)
            return try rendering.text(value).isLowercase
        },
        "upper": { value, arguments, rendering throws(TemplateError) in
            _ = try arguments.bound(to: [], required: 0, of: "upper", rendering)
            return try rendering.text(value).isUppercase
        },
        "in": { value, arguments, rendering throws(TemplateError) in
            let given = try arguments.bound(to: ["seq"], required: 1, of: "in", rendering)
            return try rendering.contains(given[0] ?? .none, value)
        },
        "==": comparison("=="), "eq": comparison("=="), "equalto": comparison("=="), "!=": comparison("!="),
        "ne": comparison("!="), ">": comparison(">"), "gt": comparison(">"), "greaterthan": comparison(">"),
        ">=": comparison(">="), "ge": comparison(">="), "<": comparison("<"), "lt": comparison("<"),
        "lessthan": comparison("<"), "<=": comparison("<="), "le": comparison("<="),
    ]

    private static func plain(_ name: String, _ condition: @escaping @Sendable (Value) -> Bool) -> Test {
        { value, arguments, rendering throws(TemplateError) in
            _ = try arguments.bound(to: [], required: 0, of: name, rendering)
            return condition(value)
        }
    }

    private static func comparison(_ symbol: String) -> Test {
        { value, arguments, rendering throws(TemplateError) in
            let given = try arguments.bound(to: ["/other"], required: 1, of: symbol, rendering)
            return try rendering.compare(value, symbol, given[0] ?? .none)
        }
    }

    @Sendable private static func isSequence(_ value: Value) -> Bool {
        switch value {
        case .undefined, .text, .list, .tuple, .dictionary, .range: true
        default: false
        }
    }

    @Sendable private static func isIterable(_ value: Value) -> Bool {
        switch value {
        case .undefined, .text, .list, .tuple, .dictionary, .view, .range, .iterator: true
        case .object(let object): object is LoopValue
        default: false
        }
    }

    @Sendable private static func isCallable(_ value: Value) -> Bool {
        switch value {
        case .undefined: true
        case .object(let object): object.isCallable
        default: false
        }
    }

    private static func divisible(_ name: String, by divisor: Int, remainder: Int) -> Test {
        { value, arguments, rendering throws(TemplateError) in
            _ = try arguments.bound(to: [], required: 0, of: name, rendering)
            let rest = try rendering.arithmetic(value, "%", .integer(divisor))
            return try rendering.areEqual(rest, .integer(remainder))
        }
    }

    @Sendable private static func divisibleBy(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Bool
    {
        let given = try arguments.bound(to: ["num"], required: 1, of: "divisibleby", rendering)
        return try rendering.areEqual(try rendering.arithmetic(value, "%", given[0] ?? .none), .integer(0))
    }

    /// Whether two values are one object in Python. Only for constants does that not depend on how Python stores them.
    @Sendable private static func isSame(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Bool
    {
        let other = try arguments.bound(to: ["other"], required: 1, of: "sameas", rendering)[0] ?? .none
        let constants: Set = ["None", "bool"]
        if constants.contains(value.typeName) || constants.contains(other.typeName) {
            return value.typeName == other.typeName && value.asBool == other.asBool
        }
        if value.typeName != other.typeName { return false }
        throw rendering.unsupported("the test sameas of two values of the type \(value.typeName)")
    }

    @Sendable private static func isFilter(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Bool
    {
        _ = try arguments.bound(to: [], required: 0, of: "filter", rendering)
        _ = try rendering.key(value)
        guard case .text(let name) = value else { return false }
        return Filters.all[name.string] != nil || Filters.unsupported.contains(name.string)
    }

    @Sendable private static func isTest(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Bool
    {
        _ = try arguments.bound(to: [], required: 0, of: "test", rendering)
        _ = try rendering.key(value)
        guard case .text(let name) = value else { return false }
        return all[name.string] != nil
    }
}

extension Value {
    fileprivate var asBool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }
}
