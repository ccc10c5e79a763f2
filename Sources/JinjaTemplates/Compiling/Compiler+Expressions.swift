extension Compiler {
    mutating func expression(_ expression: Expression, _ frame: Frame) throws(TemplateError) -> Evaluation {
        switch expression {
        case .literal(let literal): self.literal(literal)
        case .text(let text): self.text(text)
        case .name(let name, let line): try self.name(name, line, frame)
        case .list(let items): try list(items, frame)
        case .tuple(let items): try tuple(items, frame)
        case .dictionary(let pairs): try dictionary(pairs, frame)
        case .conditional(let condition, let value, let otherwise):
            try conditional(condition, value, otherwise, frame)
        case .or(let values): try or(values, frame)
        case .and(let values): try and(values, frame)
        case .not(let value): try not(value, frame)
        case .comparison(let first, let operands, let line): try comparison(first, operands, line, frame)
        case .arithmetic(let first, let operands, let line): try arithmetic(first, operands, line, frame)
        case .concatenation(let values, let line): try concatenation(values, line, frame)
        case .negated(let value, let isMinus, let line): try negated(value, isMinus, line, frame)
        case .chain(let value, let links): try chain(value, links, frame)
        }
    }

    private func literal(_ literal: Expression.Literal) -> Evaluation {
        switch literal {
        case .none: { _ throws(TemplateError) in .none }
        case .bool(let value): { _ throws(TemplateError) in .bool(value) }
        case .integer(let value): { _ throws(TemplateError) in .integer(value) }
        case .number(let value): { _ throws(TemplateError) in .number(value) }
        }
    }

    private func text(_ text: String) -> Evaluation {
        let text = MarkedText(text)
        return { _ throws(TemplateError) in .text(text) }
    }

    func name(_ name: String, _ line: Int, _ frame: Frame) throws(TemplateError) -> Evaluation {
        guard let place = frame.scope.place(of: name) else {
            preconditionFailure("Every name that is read has been analyzed.")
        }
        if name == "self", variables.contains(name) {
            throw .unsupported(line: line, found: "self, which is for blocks")
        }
        let (hops, slot) = (frame.function.depth - place.function, place.slot)
        if hops == 0 {
            return { rendering throws(TemplateError) in
                rendering.frame.slots[slot] ?? .undefined(Undefined(name: name))
            }
        }
        return { rendering throws(TemplateError) in
            rendering.frame.outer(hops).slots[slot] ?? .undefined(Undefined(name: name))
        }
    }

    private mutating func all(_ expressions: [Expression], _ frame: Frame) throws(TemplateError) -> [Evaluation] {
        var compiled: [Evaluation] = []
        for expression in expressions { compiled.append(try self.expression(expression, frame)) }
        return compiled
    }

    private mutating func list(_ items: [Expression], _ frame: Frame) throws(TemplateError) -> Evaluation {
        let evaluations = try all(items, frame)
        return { rendering throws(TemplateError) in .list(try rendering.list(try rendering.values(evaluations))) }
    }

    private mutating func tuple(_ items: [Expression], _ frame: Frame) throws(TemplateError) -> Evaluation {
        let evaluations = try all(items, frame)
        return { rendering throws(TemplateError) in .tuple(try rendering.list(try rendering.values(evaluations))) }
    }

    private mutating func dictionary(_ pairs: [Expression.Pair], _ frame: Frame) throws(TemplateError) -> Evaluation {
        let keys = try all(pairs.map(\.key), frame)
        let values = try all(pairs.map(\.value), frame)
        return { rendering throws(TemplateError) in
            var members: [(key: Value, value: Value)] = []
            for (key, value) in zip(keys, values) { members.append((try key(rendering), try value(rendering))) }
            return .dictionary(try rendering.dictionary(members))
        }
    }

    private mutating func conditional(
        _ condition: Expression, _ value: Expression, _ otherwise: Expression?, _ frame: Frame
    ) throws(TemplateError) -> Evaluation {
        let inner = frame.conditional
        let (condition, value) = (try expression(condition, inner), try expression(value, inner))
        let otherwise = try otherwise.map { other throws(TemplateError) in try expression(other, inner) }
        return { rendering throws(TemplateError) in
            if try condition(rendering).isTrue { return try value(rendering) }
            return try otherwise?(rendering) ?? .undefined(Undefined(message: "the value of an if without else"))
        }
    }

    private mutating func or(_ values: [Expression], _ frame: Frame) throws(TemplateError) -> Evaluation {
        let evaluations = try all(values, frame)
        return { rendering throws(TemplateError) in
            var value = Value.none
            for evaluate in evaluations {
                value = try evaluate(rendering)
                if value.isTrue { break }
            }
            return value
        }
    }

    private mutating func and(_ values: [Expression], _ frame: Frame) throws(TemplateError) -> Evaluation {
        let evaluations = try all(values, frame)
        return { rendering throws(TemplateError) in
            var value = Value.none
            for evaluate in evaluations {
                value = try evaluate(rendering)
                if !value.isTrue { break }
            }
            return value
        }
    }

    private mutating func not(_ value: Expression, _ frame: Frame) throws(TemplateError) -> Evaluation {
        let evaluate = try expression(value, frame)
        return { rendering throws(TemplateError) in .bool(try !evaluate(rendering).isTrue) }
    }

    private mutating func comparison(
        _ first: Expression, _ operands: [Expression.Operand], _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Evaluation {
        let first = try expression(first, frame)
        var compiled: [(String, Evaluation)] = []
        for operand in operands { compiled.append((operand.symbol, try expression(operand.value, frame))) }
        let comparisons = compiled
        return { rendering throws(TemplateError) in
            var left = try first(rendering)
            for (symbol, evaluate) in comparisons {
                let right = try evaluate(rendering)
                rendering.line = line
                guard try rendering.compare(left, symbol, right) else { return .bool(false) }
                left = right
            }
            return .bool(true)
        }
    }

    private mutating func arithmetic(
        _ first: Expression, _ operands: [Expression.Operand], _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Evaluation {
        let first = try expression(first, frame)
        var compiled: [(String, Evaluation)] = []
        for operand in operands { compiled.append((operand.symbol, try expression(operand.value, frame))) }
        let operations = compiled
        return { rendering throws(TemplateError) in
            var value = try first(rendering)
            for (symbol, evaluate) in operations {
                let right = try evaluate(rendering)
                rendering.line = line
                value = try rendering.arithmetic(value, symbol, right)
            }
            return value
        }
    }

    private mutating func concatenation(_ values: [Expression], _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Evaluation
    {
        let evaluations = try all(values, frame)
        return { rendering throws(TemplateError) in
            var parts: [MarkedText] = []
            for value in try rendering.values(evaluations) { parts.append(try rendering.text(value)) }
            rendering.line = line
            return .text(try rendering.joined(parts))
        }
    }

    private mutating func negated(_ value: Expression, _ isMinus: Bool, _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Evaluation
    {
        let evaluate = try expression(value, frame)
        return { rendering throws(TemplateError) in
            let value = try evaluate(rendering)
            rendering.line = line
            return try rendering.signed(value, isMinus: isMinus)
        }
    }
}

extension Rendering {
    func values(_ evaluations: [Compiler.Evaluation]) throws(TemplateError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(evaluations.count)
        for evaluate in evaluations { values.append(try evaluate(self)) }
        return values
    }
}
