/// What assignments and loops assign to.
extension Parser {
    mutating func target(until end: String?, withAttributes: Bool = false) throws(TemplateError) -> Target {
        var targets: [Target] = []
        var isTuple = false
        while !isTupleEnd(end) {
            targets.append(try singleTarget(withAttributes))
            guard skip(",") else { break }
            isTuple = true
        }
        if !isTuple, let target = targets.first { return target }
        guard isTuple else { throw malformed("a name") }
        return .tuple(targets)
    }

    private mutating func singleTarget(_ withAttributes: Bool) throws(TemplateError) -> Target {
        try descend()
        defer { ascend() }
        if kind == .symbol("(") {
            advance()
            let target = try target(until: nil, withAttributes: withAttributes)
            try expect(")")
            return target
        }
        let line = line
        let name = try expectName()
        if withAttributes, skip(".") { return .attribute(of: name, name: try expectName(), line: line) }
        try checkAssignable(name)
        if name == "loop", allLoops > 0 {
            throw .malformed(line: line, expected: "a name other than loop in a loop", found: name)
        }
        return .name(name)
    }

    func checkAssignable(_ name: String) throws(TemplateError) {
        if ["true", "false", "none", "True", "False", "None"].contains(name) {
            throw .malformed(line: line, expected: "a name that can be assigned to", found: name)
        }
    }
}
