/// The functions that every template has.
enum Globals {
    static let names: Set<String> = [
        "range", "dict", "namespace", "cycler", "joiner", "raise_exception", "strftime_now", "lipsum",
    ]

    static func all() -> [String: Value] {
        let functions: [(String, FunctionValue.Body)] = [
            ("range", range), ("dict", dictionary), ("namespace", namespace), ("cycler", cycler), ("joiner", joiner),
            ("raise_exception", raise), ("strftime_now", formatNow), ("lipsum", fillerText),
        ]
        return Dictionary(uniqueKeysWithValues: functions.map { ($0, .object(FunctionValue($0, $1))) })
    }

    private static func range(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        let given = try arguments.bound(to: ["/start", "/stop", "/step"], required: 1, of: "range", rendering)
        var numbers: [Int] = []
        for value in given {
            if let value { numbers.append(try value.asInteger("a bound of range", rendering)) }
        }
        if numbers.count == 1 { numbers.insert(0, at: 0) }
        let (start, stop, step) = (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 1)
        guard step != 0 else { throw rendering.failure(expected: "a step of range other than 0", found: "0") }
        let (distance, overflows) =
            step > 0
            ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
        let isEmpty = step > 0 ? stop <= start : stop >= start
        let count = isEmpty || overflows ? 0 : UInt(distance - 1) / step.magnitude + 1
        guard isEmpty || !overflows, count <= TemplateLimits.rangeElements else {
            throw .limitExceeded(line: rendering.line, what: "elements of a range", limit: TemplateLimits.rangeElements)
        }
        return .range(RangeValue(start: start, step: step, count: Int(count), stop: stop))
    }

    private static func fillerText(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        throw rendering.unsupported("lipsum")
    }

    private static func members(_ arguments: Arguments, _ callee: String, _ rendering: Rendering)
        throws(TemplateError) -> [(key: Value, value: Value)]
    {
        guard arguments.positional.count <= 1 else {
            throw rendering.failure(
                expected: "at most one value without a name for \(callee)", found: "\(arguments.positional.count)")
        }
        var members: [(key: Value, value: Value)] = []
        if case .dictionary(let dictionary)? = arguments.positional.first {
            members = dictionary.members
        } else if let pairs = arguments.positional.first {
            for pair in try rendering.items(of: pairs) {
                let items = try rendering.items(of: pair)
                guard items.count == 2 else {
                    throw rendering.failure(expected: "pairs of keys and values", found: "\(items.count) values")
                }
                members.append((items[0], items[1]))
            }
        }
        return members + arguments.named.map { (.text($0.name), $0.value) }
    }

    private static func dictionary(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        .dictionary(try rendering.dictionary(try members(arguments, "dict", rendering)))
    }

    private static func namespace(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        let namespace = NamespaceValue([:])
        rendering.register(namespace)
        for (key, value) in try members(arguments, "namespace", rendering) {
            try namespace.set(try key.asText("a name in a namespace", rendering).string, value, rendering)
        }
        return .object(namespace)
    }

    private static func cycler(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        guard !arguments.positional.isEmpty, arguments.named.isEmpty else {
            throw rendering.failure(expected: "values to cycle through", found: "none")
        }
        return .object(CyclerValue(arguments.positional))
    }

    private static func joiner(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        let given = try arguments.bound(to: ["sep"], required: 0, of: "joiner", rendering)
        return .object(JoinerValue(given[0] ?? .text(", ")))
    }

    private static func raise(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        let given = try arguments.bound(to: ["message"], required: 1, of: "raise_exception", rendering)
        throw .raised(line: rendering.line, message: try rendering.text(given[0] ?? .none).string)
    }

    private static func formatNow(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        let given = try arguments.bound(to: ["format"], required: 1, of: "strftime_now", rendering)
        let format = try (given[0] ?? .none).asText("a format of dates", rendering)
        try rendering.count(bytes: format.bytes.count)
        let (text, unknown) = (rendering.now ?? .now).formatted(format.string)
        if let unknown { throw rendering.unsupported("\(unknown) in a format of dates") }
        return .text(MarkedText(text, mark: format.overallMark))
    }
}
