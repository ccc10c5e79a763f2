extension Compiler {
    typealias Operation = @Sendable (Value, Rendering) throws(TemplateError) -> Value
    typealias ArgumentEvaluation = @Sendable (Rendering) throws(TemplateError) -> Arguments

    mutating func chain(_ value: Expression, _ links: [Expression.Link], _ frame: Frame)
        throws(TemplateError) -> Evaluation
    {
        let first = try expression(value, frame)
        let operations = try self.links(links, frame)
        if operations.count == 1 {
            let operation = operations[0]
            return { rendering throws(TemplateError) in try operation(try first(rendering), rendering) }
        }
        return { rendering throws(TemplateError) in
            var value = try first(rendering)
            for operation in operations { value = try operation(value, rendering) }
            return value
        }
    }

    mutating func links(_ links: [Expression.Link], _ frame: Frame) throws(TemplateError) -> [Operation] {
        var operations: [Operation] = []
        var index = 0
        while index < links.count {
            let link = links[index]
            if case .attribute(let name) = link.kind, index + 1 < links.count,
                case .call(let arguments) = links[index + 1].kind
            {
                operations.append(try methodCall(name, arguments, link.line, frame))
                index += 2
                continue
            }
            operations.append(try operation(link, frame))
            index += 1
        }
        return operations
    }

    private mutating func operation(_ link: Expression.Link, _ frame: Frame) throws(TemplateError) -> Operation {
        switch link.kind {
        case .attribute(let name): attribute(name, link.line)
        case .element(let index): try element(index, link.line, frame)
        case .slice(let start, let stop, let step): try slice([start, stop, step], link.line, frame)
        case .call(let arguments): try call(arguments, link.line, frame)
        case .filter(let name, let arguments): try filter(name, arguments, link.line, frame)
        case .test(let name, let arguments, let isNegated): try test(name, arguments, isNegated, link.line, frame)
        }
    }

    private func attribute(_ name: String, _ line: Int) -> Operation {
        let key = DictionaryKey(name)
        let canBeMember = !Methods.areOfDictionaries(name)
        return { value, rendering throws(TemplateError) in
            rendering.line = line
            try rendering.count(steps: 1)
            if canBeMember, case .dictionary(let dictionary) = value {
                return rendering.member(key, name, of: dictionary)
            }
            return try rendering.attribute(name, of: value)
        }
    }

    private mutating func element(_ index: Expression, _ line: Int, _ frame: Frame) throws(TemplateError) -> Operation {
        let evaluate = try expression(index, frame)
        return { value, rendering throws(TemplateError) in
            let index = try evaluate(rendering)
            rendering.line = line
            try rendering.count(steps: 1)
            return try rendering.element(index, of: value)
        }
    }

    private mutating func slice(_ bounds: [Expression?], _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Operation
    {
        var compiled: [Evaluation?] = []
        for bound in bounds {
            compiled.append(try bound.map { bound throws(TemplateError) in try expression(bound, frame) })
        }
        let evaluations = compiled
        return { value, rendering throws(TemplateError) in
            var bounds: [Value] = []
            for evaluate in evaluations { bounds.append(try evaluate?(rendering) ?? .none) }
            rendering.line = line
            return try rendering.slice(value, bounds)
        }
    }

    /// An operation with arguments, which are evaluated before it is counted.
    private mutating func operation(
        _ list: ArgumentList, _ line: Int, _ frame: Frame,
        _ body: @escaping @Sendable (Value, Arguments, Rendering) throws(TemplateError) -> Value
    ) throws(TemplateError) -> Operation {
        let evaluate = try arguments(list, frame)
        return { value, rendering throws(TemplateError) in
            let arguments = try evaluate(rendering)
            rendering.line = line
            try rendering.count(steps: 1)
            return try body(value, arguments, rendering)
        }
    }

    private mutating func call(_ list: ArgumentList, _ line: Int, _ frame: Frame) throws(TemplateError) -> Operation {
        try operation(list, line, frame) { value, arguments, rendering throws(TemplateError) in
            try rendering.call(value, arguments)
        }
    }

    private mutating func methodCall(_ name: String, _ list: ArgumentList, _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Operation
    {
        let evaluate = try arguments(list, frame)
        return { value, rendering throws(TemplateError) in
            let method = Methods.method(name, of: value)
            rendering.line = line
            let callee = try method == nil ? rendering.attribute(name, of: value) : value
            let arguments = try evaluate(rendering)
            rendering.line = line
            try rendering.count(steps: 1)
            if let method { return try method(value, arguments, rendering) }
            return try rendering.call(callee, arguments)
        }
    }

    private mutating func filter(_ name: String, _ list: ArgumentList, _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Operation
    {
        guard let filter = Filters.all[name] else {
            return try unknown("filter", name, list, Filters.unsupported, line, frame)
        }
        return try operation(list, line, frame, filter)
    }

    private mutating func test(
        _ name: String, _ list: ArgumentList, _ isNegated: Bool, _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Operation {
        guard let test = ValueTests.all[name] else { return try unknown("test", name, list, [], line, frame) }
        return try operation(list, line, frame) { value, arguments, rendering throws(TemplateError) in
            .bool(try test(value, arguments, rendering) != isNegated)
        }
    }

    /// An unknown filter or test is an error at once, or where it is used if that depends on a condition.
    private mutating func unknown(
        _ kind: String, _ name: String, _ list: ArgumentList, _ unsupported: Set<String>, _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Operation {
        _ = try arguments(list, frame)
        let error =
            unsupported.contains(name)
            ? TemplateError.unsupported(line: line, found: "the \(kind) \(name)")
            : TemplateError.malformed(line: line, expected: "a \(kind) of Jinja", found: name)
        guard frame.isConditional else { throw error }
        return { _, _ throws(TemplateError) in throw error }
    }

    mutating func arguments(_ list: ArgumentList, _ frame: Frame) throws(TemplateError) -> ArgumentEvaluation {
        var positional: [Evaluation] = []
        for value in list.positional { positional.append(try expression(value, frame)) }
        var named: [(String, Evaluation)] = []
        for (name, value) in list.named { named.append((name, try expression(value, frame))) }
        let unpackedList = try list.unpackedList.map { value throws(TemplateError) in try expression(value, frame) }
        let unpackedDictionary = try list.unpackedDictionary.map { value throws(TemplateError) in
            try expression(value, frame)
        }
        if positional.isEmpty, named.isEmpty, unpackedList == nil, unpackedDictionary == nil {
            return { _ throws(TemplateError) in Arguments() }
        }
        let (values, names) = (positional, named)
        return { rendering throws(TemplateError) in
            var arguments = Arguments(positional: try rendering.values(values))
            for (name, evaluate) in names { arguments.named.append((name, try evaluate(rendering))) }
            if let value = try unpackedList?(rendering) { arguments.positional += try rendering.items(of: value) }
            if let value = try unpackedDictionary?(rendering) { try rendering.unpack(value, into: &arguments) }
            return arguments
        }
    }
}

extension Rendering {
    /// Adds the members of a dictionary as arguments by name.
    fileprivate func unpack(_ value: Value, into arguments: inout Arguments) throws(TemplateError) {
        guard case .dictionary(let dictionary) = value else {
            throw failure(expected: "a dictionary after **", found: value.typeName)
        }
        try count(elements: dictionary.count)
        var names = Set(arguments.named.map(\.name))
        for (key, value) in dictionary.members {
            guard case .text(let name) = key else {
                throw failure(expected: "names as keys after **", found: key.typeName)
            }
            guard names.insert(name.string).inserted else {
                throw failure(expected: "distinct names of arguments", found: "\(name.string) twice")
            }
            arguments.named.append((name.string, value))
        }
    }
}
