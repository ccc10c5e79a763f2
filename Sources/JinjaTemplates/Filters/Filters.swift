/// The filters after `|`.
enum Filters {
    typealias Filter = @Sendable (Value, Arguments, Rendering) throws(TemplateError) -> Value
    /// A filter whose arguments have been assigned to its parameters.
    typealias Body = @Sendable (Value, [Value?], Rendering) throws(TemplateError) -> Value

    /// Filters of Jinja that this interpreter does not have.
    static let unsupported: Set<String> = [
        "forceescape", "pprint", "random", "urlize", "wordwrap", "xmlattr",
    ]

    static let all: [String: Filter] = values.merging(texts) { first, _ in first }
        .merging(sequences) { first, _ in first }

    static func filter(_ name: String, _ body: @escaping Body) -> Filter { filter(name, [], body) }

    static func filter(_ name: String, _ parameters: [String], required: Int = 0, _ body: @escaping Body) -> Filter {
        { value, arguments, rendering throws(TemplateError) in
            try body(
                value, try arguments.bound(to: parameters, required: required, of: name, rendering), rendering)
        }
    }

    /// Filters of single values.
    private static let values: [String: Filter] = [
        "default": filter("default", ["default_value", "boolean"], standard),
        "d": filter("d", ["default_value", "boolean"], standard),
        "abs": filter("abs", absolute), "int": filter("int", ["default", "base"], integer),
        "float": filter("float", ["default"], number), "round": filter("round", ["precision", "method"], rounded),
        "filesizeformat": filter("filesizeformat", ["binary"], fileSize),
        "tojson": filter("tojson", ["ensure_ascii", "indent", "separators", "sort_keys"], json),
        "attr": filter("attr", ["name"], required: 1, attribute),
        "items": filter("items", items), "count": filter("count", length), "length": filter("length", length),
    ]

    @Sendable private static func standard(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let isUsed = value.isUndefined || (given[1]?.isTrue ?? false && !value.isTrue)
        return isUsed ? given[0] ?? .text("") : value
    }

    @Sendable private static func length(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        .integer(try rendering.length(of: value))
    }

    @Sendable private static func attribute(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let name = try (given[0] ?? .none).asText("the name of an attribute", rendering)
        if case .undefined = value { return try rendering.attribute(name.string, of: value) }
        if case .dictionary = value, Methods.method(name.string, of: value) == nil {
            return .undefined(Undefined(message: "\(name.string) of a dict, which has no such attribute"))
        }
        return try rendering.attribute(name.string, of: value)
    }

    @Sendable private static func items(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        try rendering.lazyIterator(depth: value.depth) { () throws(TemplateError) in
            switch value {
            case .undefined: return { nil }
            case .dictionary(let dictionary):
                return try rendering.source(of: .view(DictionaryView(kind: .items, dictionary: dictionary)))
            default: throw rendering.failure(expected: "a dictionary", found: value.typeName)
            }
        }
    }

    @Sendable private static func json(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        var writer = JSONWriter(rendering)
        writer.isASCII = given[0]?.isTrue ?? false
        writer.sortsKeys = given[3]?.isTrue ?? false
        switch given[1] {
        case nil, .some(.none): break
        case .some(.text(let indentation)): writer.indentation = indentation
        case .some(let width):
            let width = max(0, try width.asInteger("the indentation", rendering))
            try rendering.count(bytes: width)
            writer.indentation = MarkedText([UInt8](repeating: UInt8(ascii: " "), count: width))
            writer.itemSeparator = MarkedText(",")
        }
        if case .some(.text) = given[1] { writer.itemSeparator = MarkedText(",") }
        if let separators = given[2], separators.typeName != "None" {
            let parts = try rendering.items(of: separators)
            guard parts.count == 2 else {
                throw rendering.failure(expected: "two separators", found: "\(parts.count)")
            }
            writer.itemSeparator = try parts[0].asText("a separator", rendering)
            writer.keySeparator = try parts[1].asText("a separator", rendering)
        }
        return .text(try writer.written(value))
    }
}
