/// The methods of lists, tuples and ranges.
enum SequenceMethods {
    static let all: [String: Methods.Method] = ["index": index, "count": count, "copy": copy]

    @Sendable private static func count(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let given = try arguments.bound(to: ["/value"], required: 1, of: "count", rendering)
        var count = 0
        for item in try rendering.items(of: value) where try rendering.areEqual(item, given[0] ?? .none) { count += 1 }
        return .integer(count)
    }

    @Sendable private static func copy(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        _ = try arguments.bound(to: [], required: 0, of: "copy", rendering)
        return value
    }

    @Sendable private static func index(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let given = try arguments.bound(to: ["/value", "/start", "/stop"], required: 1, of: "index", rendering)
        let items = try rendering.items(of: value)
        let slice = try Slice([given[1] ?? .none, given[2] ?? .none, .none], count: items.count, rendering)
        for place in slice.places where try rendering.areEqual(items[place], given[0] ?? .none) {
            return .integer(place)
        }
        throw rendering.failure(expected: "a value that the list has", found: "one that it does not have")
    }
}
