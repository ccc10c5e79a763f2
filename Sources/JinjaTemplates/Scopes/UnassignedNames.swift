/// Which of some names a body reads before it assigns them, in the order of the text.
struct UnassignedNames {
    private var names: Set<String>
    private(set) var found: Set<String> = []

    static func among(_ names: Set<String>, in body: [Statement]) -> Set<String> {
        var search = UnassignedNames(names: names)
        search.visit(body)
        return search.found
    }

    private init(names: Set<String>) { self.names = names }

    private mutating func visit(_ body: [Statement]) {
        for statement in body { visit(statement) }
    }

    private mutating func visit(_ statement: Statement) {
        switch statement {
        case .data, .breakLoop, .continueLoop: break
        case .output(let value, _): visit(value)
        case .loop(let loop):
            visit(loop.target)
            visit(loop.iterable)
            visit(loop.body)
            visit(loop.otherwise)
            if let condition = loop.condition { visit(condition) }
        case .condition(let branches, let otherwise, _):
            for branch in branches {
                visit(branch.condition)
                visit(branch.body)
            }
            visit(otherwise)
        case .assignment(let target, let value, _):
            visit(target)
            visit(value)
        case .blockAssignment(let target, let filters, let body, _):
            visit(target)
            visit(filters)
            visit(body)
        case .macro(_, let signature, let body, _, _): visit(signature, body)
        case .callBlock(let signature, let call, let body, _, _):
            visit(call)
            visit(signature, body)
        case .filterBlock(let filters, let body, _):
            visit(body)
            visit(filters)
        case .with(let assignments, let body, _):
            for assignment in assignments { visit(assignment.target) }
            for assignment in assignments { visit(assignment.value) }
            visit(body)
        case .generation(let body, _): visit(body)
        }
    }

    private mutating func visit(_ signature: Statement.Signature, _ body: [Statement]) {
        names.subtract(signature.parameters)
        for value in signature.defaults { visit(value) }
        visit(body)
    }

    private mutating func visit(_ target: Target) {
        switch target {
        case .name(let name): names.remove(name)
        case .attribute: break
        case .tuple(let targets): for target in targets { visit(target) }
        }
    }

    private mutating func visit(_ links: [Expression.Link]) {
        for part in links.flatMap(\.parts) { visit(part) }
    }

    private mutating func visit(_ expression: Expression) {
        if case .name(let name, _) = expression {
            if names.contains(name) { found.insert(name) }
            return
        }
        for part in expression.parts { visit(part) }
    }
}
