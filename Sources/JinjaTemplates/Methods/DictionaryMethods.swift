/// The methods of dictionaries.
enum DictionaryMethods {
    static let all: [String: Methods.Method] = [
        "get": get, "items": view(.items), "keys": view(.keys), "values": view(.values), "copy": copy,
    ]

    private static func dictionary(_ value: Value) -> DictionaryValue {
        guard case .dictionary(let dictionary) = value else { preconditionFailure("Methods are looked up by kind.") }
        return dictionary
    }

    @Sendable private static func get(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let given = try arguments.bound(to: ["/key", "/default"], required: 1, of: "get", rendering)
        return dictionary(value).value(for: try rendering.key(given[0] ?? .none)) ?? given[1] ?? .none
    }

    @Sendable private static func copy(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        _ = try arguments.bound(to: [], required: 0, of: "copy", rendering)
        return value
    }

    private static func view(_ kind: DictionaryView.Kind) -> Methods.Method {
        { value, arguments, rendering throws(TemplateError) in
            _ = try arguments.bound(to: [], required: 0, of: kind.rawValue, rendering)
            return .view(DictionaryView(kind: kind, dictionary: dictionary(value)))
        }
    }
}
