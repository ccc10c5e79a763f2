/// Finds the names in statements and expressions, in the order in which Jinja does.
extension Scope {
    func analyze(_ statements: [Statement]) {
        for statement in statements { analyze(statement) }
    }

    /// Analyzes a statement of this body. What is within a body of its own does not belong to this one.
    private func analyze(_ statement: Statement) {
        switch statement {
        case .data, .breakLoop, .continueLoop, .generation: break
        case .output(let value, _): analyze(value)
        case .loop(let loop): analyze(loop.iterable)
        case .condition(let branches, let otherwise, _): analyze(branches[...], otherwise)
        case .assignment(let target, let value, _):
            analyze(value)
            analyze(target)
        case .blockAssignment(let target, _, _, _): analyze(target)
        case .macro(let name, _, _, _, _): store(name)
        case .callBlock(_, let call, _, _, _): analyze(call)
        case .filterBlock(let filters, _, _): analyze(filters)
        case .with(let assignments, _, _): for assignment in assignments { analyze(assignment.value) }
        }
    }

    private func analyze(_ conditions: ArraySlice<(condition: Expression, body: [Statement])>, _ otherwise: [Statement])
    {
        guard let first = conditions.first else { return }
        analyze(first.condition)
        branches([
            { $0.analyze(first.body) },
            { scope in
                // Jinja analyzes each further condition as a statement of its own in one branch.
                for other in conditions.dropFirst() {
                    scope.analyze(other.condition)
                    scope.branches([{ $0.analyze(other.body) }])
                }
            },
            { $0.analyze(otherwise) },
        ])
    }

    func analyze(_ target: Target, asParameter: Bool = false) {
        switch target {
        case .name(let name): asParameter ? declareParameter(name) : store(name)
        case .attribute(let object, _, _): load(object)
        case .tuple(let targets): for target in targets { analyze(target, asParameter: asParameter) }
        }
    }

    func analyze(_ links: [Expression.Link]) {
        for link in links {
            for expression in link.parts { analyze(expression) }
        }
    }

    func analyze(_ expression: Expression) {
        if case .name(let name, _) = expression { return load(name) }
        for part in expression.parts { analyze(part) }
    }
}

extension Expression {
    /// The expressions that this one is made of.
    var parts: [Expression] {
        switch self {
        case .literal, .text, .name: []
        case .list(let items), .tuple(let items), .or(let items), .and(let items), .concatenation(let items, _): items
        case .dictionary(let pairs): pairs.flatMap { [$0.key, $0.value] }
        case .conditional(let condition, let value, let otherwise): [condition, value] + (otherwise.map { [$0] } ?? [])
        case .not(let value), .negated(let value, _, _): [value]
        case .comparison(let first, let operands, _), .arithmetic(let first, let operands, _):
            [first] + operands.map(\.value)
        case .chain(let value, let links): [value] + links.flatMap(\.parts)
        }
    }
}

extension Expression.Link {
    var parts: [Expression] {
        switch kind {
        case .attribute: []
        case .element(let index): [index]
        case .slice(let start, let stop, let step): [start, stop, step].compactMap { $0 }
        case .call(let arguments), .filter(_, let arguments), .test(_, let arguments, _): arguments.all
        }
    }
}
