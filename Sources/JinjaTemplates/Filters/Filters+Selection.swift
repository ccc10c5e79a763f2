/// Filters that apply other filters or tests to each element.
extension Filters {
    @Sendable static func map(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        try rendering.lazyIterator(depth: value.depth) { () throws(TemplateError) in
            try mapped(value, arguments, rendering)
        }
    }

    private static func mapped(_ value: Value, _ arguments: Arguments, _ rendering: Rendering)
        throws(TemplateError) -> IteratorValue.Source
    {
        guard value.isTrue else { return { nil } }
        var arguments = arguments
        let attribute = arguments.named.firstIndex { $0.name == "attribute" }
        if arguments.positional.isEmpty, attribute != nil {
            let given = try arguments.bound(to: ["attribute", "default"], required: 0, of: "map", rendering)
            let path = AttributePath(given[0], standard: given[1])
            return try each(value, rendering) { item throws(TemplateError) in try path.value(of: item, rendering) }
        }
        guard !arguments.positional.isEmpty else {
            throw rendering.failure(expected: "a filter or an attribute for map", found: "none")
        }
        let name = try arguments.positional.removeFirst().asText("the name of a filter", rendering).string
        guard let filter = all[name] else {
            if unsupported.contains(name) { throw rendering.unsupported("the filter \(name)") }
            throw rendering.failure(expected: "a filter of Jinja", found: name)
        }
        let rest = arguments
        return try each(value, rendering) { item throws(TemplateError) in try filter(item, rest, rendering) }
    }

    private static func each(
        _ value: Value, _ rendering: Rendering, _ change: @escaping (Value) throws(TemplateError) -> Value
    ) throws(TemplateError) -> IteratorValue.Source {
        let next = try rendering.source(of: value)
        return { () throws(TemplateError) in
            guard let item = try next() else { return nil }
            try rendering.count(steps: 1)
            return try change(item)
        }
    }

    /// `select`, `reject`, `selectattr` and `rejectattr`.
    static func selection(isRejecting: Bool, ofAttribute: Bool) -> Filter {
        { value, arguments, rendering throws(TemplateError) in
            try rendering.lazyIterator(depth: value.depth) { () throws(TemplateError) in
                guard value.isTrue else { return { nil } }
                return try selected(
                    value, arguments, isRejecting: isRejecting, ofAttribute: ofAttribute, rendering)
            }
        }
    }

    private static func selected(
        _ value: Value, _ arguments: Arguments, isRejecting: Bool, ofAttribute: Bool, _ rendering: Rendering
    ) throws(TemplateError) -> IteratorValue.Source {
        var arguments = arguments
        var path = AttributePath(nil)
        if ofAttribute {
            guard !arguments.positional.isEmpty else {
                throw rendering.failure(expected: "the name of an attribute", found: "none")
            }
            path = AttributePath(arguments.positional.removeFirst())
        }
        var test: ValueTests.Test = { value, _, _ throws(TemplateError) in value.isTrue }
        if !arguments.positional.isEmpty {
            let name = try arguments.positional.removeFirst().asText("the name of a test", rendering).string
            guard let found = ValueTests.all[name] else {
                throw rendering.failure(expected: "a test of Jinja", found: name)
            }
            test = found
        }
        let (rest, passes, next) = (arguments, test, try rendering.source(of: value))
        return { [path] () throws(TemplateError) in
            while let item = try next() {
                try rendering.count(steps: 1)
                if try passes(try path.value(of: item, rendering), rest, rendering) != isRejecting { return item }
            }
            return nil
        }
    }
}
