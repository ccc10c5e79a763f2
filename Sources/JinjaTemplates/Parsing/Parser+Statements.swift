extension Parser {
    /// Parses statements until a tag with one of these names, which becomes the current token, or the template's end if
    /// there are none.
    mutating func statements(until ends: [String]) throws(TemplateError) -> [Statement] {
        try descend()
        defer { ascend() }
        var body: [Statement] = []
        while true {
            switch kind {
            case .data(let bytes):
                advance()
                body.append(.data(bytes))
            case .variableBegin:
                let line = line
                advance()
                body.append(.output(try tuple(), line: line))
                guard kind == .variableEnd else { throw malformed("}}") }
                advance()
            case .blockBegin:
                advance()
                guard case .name(let name) = kind else { throw malformed("a statement") }
                if ends.contains(name) { return body }
                try statement(name, into: &body, ends: ends)
                try expectBlockEnd()
            default:
                guard ends.isEmpty else { throw malformed(ends.map { "{% \($0) %}" }.joined(separator: " or ")) }
                return body
            }
        }
    }

    /// Parses a body up to its end tag, whose name is left as the current token.
    mutating func body(until ends: String...) throws(TemplateError) -> [Statement] {
        _ = skip(":")
        try expectBlockEnd()
        return try statements(until: ends)
    }

    private mutating func statement(_ name: String, into body: inout [Statement], ends: [String])
        throws(TemplateError)
    {
        let line = line
        advance()
        switch name {
        case "for": body.append(try loop(line))
        case "if": body.append(try condition(line))
        case "set": body.append(try assignment(line))
        case "macro": body.append(try macro(line))
        case "call": body.append(try callBlock(line))
        case "filter": body.append(try filterBlock(line))
        case "with": body.append(try with(line))
        case "generation": body.append(try generation(line))
        case "print": try printing(into: &body)
        case "break", "continue":
            guard loops > 0 else { throw .malformed(line: line, expected: "{% \(name) %} in a loop", found: "no loop") }
            body.append(name == "break" ? .breakLoop(line: line) : .continueLoop(line: line))
        case "include", "import", "from", "extends", "block", "autoescape":
            throw .unsupported(line: line, found: "{% \(name) %}")
        default:
            let expected = ends.isEmpty ? "a statement" : ends.map { "{% \($0) %}" }.joined(separator: " or ")
            throw .malformed(line: line, expected: expected, found: "{% \(name) %}")
        }
    }

    private mutating func loop(_ line: Int) throws(TemplateError) -> Statement {
        allLoops += 1
        defer { allLoops -= 1 }
        let target = try target(until: "in")
        guard skipName("in") else { throw malformed("in") }
        let iterable = try tuple(withConditional: false, until: "recursive")
        let condition: Expression? = skipName("if") ? try expression() : nil
        let isRecursive = skipName("recursive")
        loops += 1
        let (body, levels) = try measured { parser throws(TemplateError) in try parser.body(until: "endfor", "else") }
        loops -= 1
        var otherwise: [Statement] = []
        if skipName("else") { otherwise = try self.body(until: "endfor") }
        advance()
        return .loop(
            Statement.ForLoop(
                target: target, iterable: iterable, condition: condition, isRecursive: isRecursive, body: body,
                otherwise: otherwise, levels: levels, line: line))
    }

    private mutating func condition(_ line: Int) throws(TemplateError) -> Statement {
        var branches: [(condition: Expression, body: [Statement])] = []
        var otherwise: [Statement] = []
        repeat {
            let test = try tuple(withConditional: false)
            branches.append((test, try body(until: "elif", "else", "endif")))
        } while skipName("elif")
        if skipName("else") { otherwise = try body(until: "endif") }
        advance()
        return .condition(branches: branches, otherwise: otherwise, line: line)
    }

    private mutating func assignment(_ line: Int) throws(TemplateError) -> Statement {
        let target = try target(until: nil, withAttributes: true)
        if skip("=") { return .assignment(target, try tuple(), line: line) }
        let filters = try filters()
        let body = try body(until: "endset")
        advance()
        return .blockAssignment(target, filters: filters, body: body, line: line)
    }

    /// Parses a body that is a function of its own, outside of any loop.
    private mutating func functionBody(until end: String)
        throws(TemplateError) -> (result: [Statement], levels: Int)
    {
        let loops = loops
        self.loops = 0
        defer { self.loops = loops }
        let body = try measured { parser throws(TemplateError) in try parser.body(until: end) }
        advance()
        return body
    }

    private mutating func macro(_ line: Int) throws(TemplateError) -> Statement {
        let name = try expectName()
        try checkAssignable(name)
        let signature = try signature()
        let (body, levels) = try functionBody(until: "endmacro")
        return .macro(name: name, signature, body: body, levels: levels, line: line)
    }

    private mutating func callBlock(_ line: Int) throws(TemplateError) -> Statement {
        let signature = kind == .symbol("(") ? try signature() : Statement.Signature()
        let call = try expression()
        guard case .chain(_, let links) = call, case .call = links.last?.kind else {
            throw .malformed(line: line, expected: "a call", found: "another expression")
        }
        let (body, levels) = try functionBody(until: "endcall")
        return .callBlock(signature, call: call, body: body, levels: levels, line: line)
    }

    private mutating func signature() throws(TemplateError) -> Statement.Signature {
        var signature = Statement.Signature()
        try expect("(")
        while kind != .symbol(")") {
            if !signature.parameters.isEmpty { try expect(",") }
            let name = try expectName()
            try checkAssignable(name)
            if signature.parameters.contains(name) {
                throw .malformed(line: line, expected: "distinct parameters", found: "\(name) twice")
            }
            if skip("=") {
                signature.defaults.append(try expression())
            } else if !signature.defaults.isEmpty {
                throw malformed("a default of parameter \(name), because an earlier one has a default")
            }
            signature.parameters.append(name)
        }
        try expect(")")
        return signature
    }

    private mutating func filterBlock(_ line: Int) throws(TemplateError) -> Statement {
        let filters = [try filter()] + (try filters())
        let body = try body(until: "endfilter")
        advance()
        return .filterBlock(filters, body: body, line: line)
    }

    private mutating func with(_ line: Int) throws(TemplateError) -> Statement {
        var assignments: [(target: Target, value: Expression)] = []
        while kind != .blockEnd {
            if !assignments.isEmpty { try expect(",") }
            let target = try target(until: nil)
            try expect("=")
            assignments.append((target, try expression()))
        }
        let body = try body(until: "endwith")
        advance()
        return .with(assignments, body: body, line: line)
    }

    private mutating func generation(_ line: Int) throws(TemplateError) -> Statement {
        .generation(body: try functionBody(until: "endgeneration").result, line: line)
    }

    private mutating func printing(into body: inout [Statement]) throws(TemplateError) {
        var isFirst = true
        while kind != .blockEnd {
            if !isFirst { try expect(",") }
            isFirst = false
            let line = line
            body.append(.output(try expression(), line: line))
        }
    }
}
