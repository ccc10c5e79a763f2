/// Filters that sort.
extension Filters {
    @Sendable static func sort(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let paths = AttributePath.several(given[2], ignoresCase: !(given[1]?.isTrue ?? false))
        let items = try rendering.items(of: value)
        var keys: [[Value]] = []
        for item in items {
            var key: [Value] = []
            for path in paths { key.append(try path.value(of: item, rendering)) }
            keys.append(key)
        }
        let isReversed = try (given[0] ?? .bool(false)).asInteger("reverse", rendering) != 0
        return .list(try rendering.list(try rendering.sorted(items, keys: keys, isReversed: isReversed)))
    }

    @Sendable static func sortDictionary(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let by = try (given[1] ?? .text("key")).asText("what to sort by", rendering).string
        guard by == "key" || by == "value" else {
            throw rendering.failure(expected: "key or value to sort by", found: by)
        }
        guard case .dictionary(let dictionary) = value else {
            if case .undefined(let undefined) = value { throw rendering.failure(undefined: undefined) }
            throw rendering.failure(expected: "a dictionary to sort", found: value.typeName)
        }
        let path = AttributePath(nil, ignoresCase: !(given[0]?.isTrue ?? false))
        var keys: [[Value]] = []
        for item in by == "key" ? dictionary.keys : dictionary.values {
            keys.append([try path.value(of: item, rendering)])
        }
        let items = DictionaryView(kind: .items, dictionary: dictionary).items
        let isReversed = try (given[2] ?? .bool(false)).asInteger("reverse", rendering) != 0
        return .list(try rendering.list(try rendering.sorted(items, keys: keys, isReversed: isReversed)))
    }

    @Sendable static func group(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let isCaseSensitive = given[2]?.isTrue ?? false
        let path = AttributePath(given[0], standard: given[1], ignoresCase: !isCaseSensitive)
        let original = AttributePath(given[0], standard: given[1])
        let items = try rendering.items(of: value)
        var keys: [[Value]] = []
        for item in items { keys.append([try path.value(of: item, rendering)]) }
        var groups: [(key: Value, items: [Value])] = []
        for item in try rendering.sorted(items, keys: keys, isReversed: false) {
            let key = try path.value(of: item, rendering)
            // Only the key: another reference to the items would make each addition copy them.
            if let last = groups.last?.key, try rendering.areEqual(last, key) {
                groups[groups.count - 1].items.append(item)
            } else {
                groups.append((key, [item]))
            }
        }
        var result: [Value] = []
        for group in groups {
            let key = try original.value(of: group.items[0], rendering)
            let members = Value.list(try rendering.list(group.items))
            result.append(.tuple(ListValue(unchecked: [key, members], names: ["grouper", "list"])))
        }
        return .list(try rendering.list(result))
    }
}
