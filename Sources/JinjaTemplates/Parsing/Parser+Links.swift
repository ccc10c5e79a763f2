/// What follows a value: accesses, calls, filters and tests.
extension Parser {
    mutating func links(withFilters: Bool) throws(TemplateError) -> [Expression.Link] {
        var links = try accesses()
        while withFilters {
            switch kind {
            case .symbol("|"): links += try filters()
            case .name("is"): links.append(try test())
            case .symbol("("): links.append(try call())
            default: return links
            }
        }
        return links
    }

    private mutating func accesses() throws(TemplateError) -> [Expression.Link] {
        var links: [Expression.Link] = []
        while true {
            switch kind {
            case .symbol("."): links.append(try attribute())
            case .symbol("["): links.append(try element())
            case .symbol("("): links.append(try call())
            default: return links
            }
        }
    }

    private mutating func call() throws(TemplateError) -> Expression.Link {
        let line = line
        return Expression.Link(kind: .call(try arguments()), line: line)
    }

    private mutating func attribute() throws(TemplateError) -> Expression.Link {
        let line = line
        try expect(".")
        if case .integer(let index) = kind {
            advance()
            return Expression.Link(kind: .element(.literal(.integer(index))), line: line)
        }
        return Expression.Link(kind: .attribute(try expectName()), line: line)
    }

    private mutating func element() throws(TemplateError) -> Expression.Link {
        let line = line
        try expect("[")
        var parts: [Expression?] = [kind == .symbol(":") ? nil : try expression()]
        while parts.count < 3, skip(":") {
            let isEmpty = kind == .symbol(":") || kind == .symbol("]") || kind == .symbol(",")
            parts.append(isEmpty ? nil : try expression())
        }
        if kind == .symbol(",") { return try tupleElement(parts, line) }
        try expect("]")
        if parts.count == 1, let index = parts[0] { return Expression.Link(kind: .element(index), line: line) }
        return Expression.Link(
            kind: .slice(parts[0], parts.count > 1 ? parts[1] : nil, parts.count > 2 ? parts[2] : nil), line: line)
    }

    /// Parses the rest of a tuple in brackets, which is a key of a dictionary.
    private mutating func tupleElement(_ parts: [Expression?], _ line: Int) throws(TemplateError) -> Expression.Link {
        guard parts.count == 1, let first = parts[0] else {
            throw .unsupported(line: line, found: "several slices in brackets")
        }
        var keys = [first]
        while kind != .symbol("]") {
            try expect(",")
            if kind == .symbol(":") { throw .unsupported(line: line, found: "several slices in brackets") }
            keys.append(try expression())
        }
        advance()
        return Expression.Link(kind: .element(.tuple(keys)), line: line)
    }

    mutating func filters() throws(TemplateError) -> [Expression.Link] {
        var filters: [Expression.Link] = []
        while skip("|") { filters.append(try filter()) }
        return filters
    }

    mutating func filter() throws(TemplateError) -> Expression.Link {
        let line = line
        let name = try dottedName()
        let arguments = kind == .symbol("(") ? try arguments() : ArgumentList()
        return Expression.Link(kind: .filter(name, arguments), line: line)
    }

    private mutating func dottedName() throws(TemplateError) -> String {
        var name = try expectName()
        while skip(".") { name += "." + (try expectName()) }
        return name
    }

    private mutating func test() throws(TemplateError) -> Expression.Link {
        let line = line
        advance()
        let isNegated = skipName("not")
        let name = try dottedName()
        return Expression.Link(kind: .test(name, try testArguments(), isNegated: isNegated), line: line)
    }

    /// The arguments of a test: in parentheses, or one value without them.
    private mutating func testArguments() throws(TemplateError) -> ArgumentList {
        switch kind {
        case .symbol("("): return try arguments()
        case .name("else"), .name("or"), .name("and"): return ArgumentList()
        case .name("is"): throw malformed("one test, because tests cannot be chained")
        case .name, .text, .integer, .number, .symbol("["), .symbol("{"):
            try descend()
            defer { ascend() }
            let value = try primary()
            let accesses = try accesses()
            return ArgumentList(positional: [accesses.isEmpty ? value : .chain(value, accesses)])
        default: return ArgumentList()
        }
    }

    private mutating func arguments() throws(TemplateError) -> ArgumentList {
        try expect("(")
        var list = ArgumentList()
        var isFirst = true
        while kind != .symbol(")") {
            if !isFirst { try expect(",") }
            isFirst = false
            if kind == .symbol(")") { break }
            try argument(&list)
        }
        try expect(")")
        return list
    }

    private mutating func argument(_ list: inout ArgumentList) throws(TemplateError) {
        let isUnpacked = list.unpackedList != nil
        if kind == .symbol("*"), !isUnpacked, list.unpackedDictionary == nil {
            advance()
            list.unpackedList = try expression()
        } else if kind == .symbol("**"), list.unpackedDictionary == nil {
            advance()
            list.unpackedDictionary = try expression()
        } else if case .name(let name) = kind, following == .symbol("="), list.unpackedDictionary == nil {
            if list.named.contains(where: { $0.name == name }) {
                throw .malformed(line: line, expected: "distinct names of arguments", found: "\(name) twice")
            }
            advance()
            advance()
            list.named.append((name, try expression()))
        } else if !isUnpacked, list.unpackedDictionary == nil, list.named.isEmpty {
            list.positional.append(try expression())
        } else {
            throw malformed("arguments in the order of values, names, * and **")
        }
    }
}
