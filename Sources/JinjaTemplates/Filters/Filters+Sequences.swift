/// Filters of sequences.
extension Filters {
    static let sequences: [String: Filter] = [
        "first": filter("first", first), "last": filter("last", last), "list": filter("list", list),
        "reverse": filter("reverse", reversed), "join": filter("join", ["d", "attribute"], join),
        "sort": filter("sort", ["reverse", "case_sensitive", "attribute"], sort),
        "dictsort": filter("dictsort", ["case_sensitive", "by", "reverse"], sortDictionary),
        "unique": filter("unique", ["case_sensitive", "attribute"], unique),
        "min": filter("min", ["case_sensitive", "attribute"], extreme(isMaximum: false)),
        "max": filter("max", ["case_sensitive", "attribute"], extreme(isMaximum: true)),
        "sum": filter("sum", ["attribute", "start"], sum),
        "batch": filter("batch", ["linecount", "fill_with"], required: 1, generated(batch)),
        "slice": filter("slice", ["slices", "fill_with"], required: 1, generated(slice)),
        "groupby": filter("groupby", ["attribute", "default", "case_sensitive"], required: 1, group),
        "map": map, "select": selection(isRejecting: false, ofAttribute: false),
        "reject": selection(isRejecting: true, ofAttribute: false),
        "selectattr": selection(isRejecting: false, ofAttribute: true),
        "rejectattr": selection(isRejecting: true, ofAttribute: true),
    ]

    @Sendable private static func first(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        if case .text(var text) = value, !text.isEmpty {
            text.isMarkup = false
            return .text(text[0..<text.end(ofCharacterAt: 0)])
        }
        return try rendering.source(of: value)()
            ?? .undefined(Undefined(message: "the first item of an empty sequence"))
    }

    @Sendable private static func last(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        switch value {
        case .text(let text) where !text.isEmpty:
            return .text(text[text.start(ofCharacterBefore: text.bytes.count)..<text.bytes.count])
        case .iterator:
            throw rendering.failure(expected: "a sequence that can be reversed", found: value.typeName)
        default:
            return try rendering.items(of: value).last
                ?? .undefined(Undefined(message: "the last item of an empty sequence"))
        }
    }

    @Sendable private static func list(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        .list(try rendering.list(try rendering.items(of: value)))
    }

    @Sendable private static func reversed(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        if case .text(let text) = value {
            try rendering.count(characters: text.bytes.count)
            let offsets = text.offsets
            var result = MarkedText.empty
            for index in (0..<(offsets.count - 1)).reversed() {
                result.append(text, offsets[index]..<offsets[index + 1])
            }
            return .text(result)
        }
        var items = try rendering.items(of: value)
        items.reverse()
        // Python makes a list only of what it cannot go through backwards.
        if case .iterator = value { return .list(try rendering.list(items)) }
        if case .undefined = value { return .list(try rendering.list(items)) }
        return try iterator(over: items, depth: value.depth, rendering)
    }

    private static func iterator(over items: [Value], depth: Int, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        var index = 0
        return try rendering.iterator(depth: depth) { () throws(TemplateError) in
            guard index < items.count else { return nil }
            index += 1
            return items[index - 1]
        }
    }

    @Sendable private static func join(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let path = AttributePath(given[1])
        let next = try rendering.source(of: value)
        var parts: [MarkedText] = []
        while let item = try next() {
            try rendering.count(steps: 1)
            parts.append(try rendering.text(try path.value(of: item, rendering)))
        }
        return .text(try rendering.joined(parts, separator: try rendering.text(given[0] ?? .text(""))))
    }

    @Sendable private static func unique(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let path = AttributePath(given[1], ignoresCase: !(given[0]?.isTrue ?? false))
        return try rendering.lazyIterator(depth: value.depth) { () throws(TemplateError) in
            let next = try rendering.source(of: value)
            var seen: Set<DictionaryKey> = []
            return { () throws(TemplateError) in
                while let item = try next() {
                    try rendering.count(steps: 2)
                    if seen.insert(try rendering.key(try path.value(of: item, rendering))).inserted { return item }
                }
                return nil
            }
        }
    }

    private static func extreme(isMaximum: Bool) -> Body {
        { value, given, rendering throws(TemplateError) in
            let path = AttributePath(given[1], ignoresCase: !(given[0]?.isTrue ?? false))
            var best: (item: Value, key: Value)?
            for item in try rendering.items(of: value) {
                let key = try path.value(of: item, rendering)
                guard let current = best else {
                    best = (item, key)
                    continue
                }
                try rendering.count(steps: 1)
                let order = try rendering.order(key, current.key)
                if order == (isMaximum ? .greater : .less) { best = (item, key) }
            }
            return best?.item ?? .undefined(Undefined(message: "an item of an empty sequence"))
        }
    }

    @Sendable private static func sum(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        let path = AttributePath(given[0])
        var total = given[1] ?? .integer(0)
        if case .text = total { throw rendering.failure(expected: "a start that is not a text", found: "str") }
        for item in try rendering.items(of: value) {
            total = try rendering.arithmetic(total, "+", try path.value(of: item, rendering))
        }
        return total
    }

    /// A filter that makes all its elements when the first is asked for.
    private static func generated(
        _ make: @escaping @Sendable (Value, [Value?], Rendering) throws(TemplateError) -> [Value]
    ) -> Body {
        { value, given, rendering throws(TemplateError) in
            try rendering.lazyIterator(depth: value.depth + 1) { () throws(TemplateError) in
                var items = try make(value, given, rendering).makeIterator()
                return { () throws(TemplateError) in items.next() }
            }
        }
    }

    @Sendable private static func batch(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> [Value]
    {
        let size = try (given[0] ?? .none).asInteger("the size of a batch", rendering)
        guard size > 0 else { throw rendering.unsupported("batches of \(size)") }
        let items = try rendering.items(of: value)
        var batches: [Value] = []
        for start in stride(from: 0, to: items.count, by: size) {
            var batch = Array(items[start...].prefix(size))
            if let fill = given[1], fill.typeName != "None", batch.count < size {
                try rendering.count(elements: size)
                batch += Array(repeating: fill, count: size - batch.count)
            }
            batches.append(.list(try rendering.list(batch)))
        }
        return batches
    }

    @Sendable private static func slice(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> [Value]
    {
        let slices = try (given[0] ?? .none).asInteger("the number of slices", rendering)
        guard slices != 0 else { throw rendering.failure(expected: "a number of slices", found: "0") }
        try rendering.count(elements: max(0, slices))
        let items = try rendering.items(of: value)
        var result: [Value] = []
        var start = 0
        for number in 0..<max(0, slices) {
            let hasExtra = number < items.count % slices
            let end = start + items.count / slices + (hasExtra ? 1 : 0)
            var slice = Array(items[start..<end])
            if let fill = given[1], fill.typeName != "None", !hasExtra { slice.append(fill) }
            result.append(.list(try rendering.list(slice)))
            start = end
        }
        return result
    }
}
