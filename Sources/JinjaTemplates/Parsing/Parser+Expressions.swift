/// Expressions, from the operators that bind least to those that bind most.
extension Parser {
    mutating func expression(withConditional: Bool = true) throws(TemplateError) -> Expression {
        var rounds = 1
        try descend()
        defer { for _ in 0..<rounds { ascend() } }
        var value = try operation(Precedence.or)
        while withConditional, skipName("if") {
            let condition = try operation(Precedence.or)
            let otherwise: Expression? = skipName("else") ? try expression() : nil
            value = .conditional(condition: condition, value: value, otherwise: otherwise)
            rounds += 1  // The value is now one level deeper.
            try descend()
        }
        return value
    }

    /// How much operators bind.
    private enum Precedence {
        static let or = 1
        static let and = 2
        static let not = 3
        static let comparison = 4
        static let sum = 5
        static let concatenation = 6
        static let product = 7
        static let power = 8
    }

    /// The operator here, with its precedence and its number of tokens.
    private var operatorHere: (symbol: String, precedence: Int, length: Int)? {
        switch kind {
        case .name("or"): return ("or", Precedence.or, 1)
        case .name("and"): return ("and", Precedence.and, 1)
        case .name("in"): return ("in", Precedence.comparison, 1)
        case .name("not"): return following == .name("in") ? ("not in", Precedence.comparison, 2) : nil
        case .symbol(let symbol):
            switch symbol {
            case "==", "!=", "<", "<=", ">", ">=": return (symbol, Precedence.comparison, 1)
            case "+", "-": return (symbol, Precedence.sum, 1)
            case "~": return (symbol, Precedence.concatenation, 1)
            case "*", "/", "//", "%": return (symbol, Precedence.product, 1)
            case "**": return (symbol, Precedence.power, 1)
            default: return nil
            }
        default: return nil
        }
    }

    /// Parses operands with operators between them that bind at least so much.
    private mutating func operation(_ minimum: Int) throws(TemplateError) -> Expression {
        let line = line
        var left = minimum <= Precedence.not && kind == .name("not") ? try negation() : try unary()
        while let next = operatorHere, next.precedence >= minimum {
            left = Self.combined(left, try operands(next.precedence), next.precedence, line)
        }
        return left
    }

    /// Parses further operands whose operators bind equally.
    private mutating func operands(_ precedence: Int) throws(TemplateError) -> [Expression.Operand] {
        var operands: [Expression.Operand] = []
        while let next = operatorHere, next.precedence == precedence {
            for _ in 0..<next.length { advance() }
            operands.append(Expression.Operand(symbol: next.symbol, value: try operation(precedence + 1)))
        }
        return operands
    }

    private static func combined(
        _ first: Expression, _ operands: [Expression.Operand], _ precedence: Int, _ line: Int
    ) -> Expression {
        switch precedence {
        case Precedence.or: .or([first] + operands.map(\.value))
        case Precedence.and: .and([first] + operands.map(\.value))
        case Precedence.comparison: .comparison(first, operands, line: line)
        case Precedence.concatenation: .concatenation([first] + operands.map(\.value), line: line)
        default: .arithmetic(first, operands, line: line)
        }
    }

    private mutating func negation() throws(TemplateError) -> Expression {
        advance()
        try descend()
        defer { ascend() }
        return .not(try operation(Precedence.not))
    }

    private mutating func symbol(among symbols: [String]) -> String? {
        guard case .symbol(let symbol) = kind, symbols.contains(symbol) else { return nil }
        advance()
        return symbol
    }

    private mutating func unary(withFilters: Bool = true) throws(TemplateError) -> Expression {
        let line = line
        var value: Expression
        if let sign = symbol(among: ["-", "+"]) {
            try descend()
            defer { ascend() }
            value = .negated(try unary(withFilters: false), isMinus: sign == "-", line: line)
        } else {
            value = try primary()
        }
        let links = try links(withFilters: withFilters)
        if !links.isEmpty { value = .chain(value, links) }
        return value
    }

    mutating func primary() throws(TemplateError) -> Expression {
        let line = line
        switch kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return .literal(.bool(true))
            case "false", "False": return .literal(.bool(false))
            case "none", "None": return .literal(.none)
            default: return .name(name, line: line)
            }
        case .text(var text):
            advance()
            while case .text(let more) = kind {
                text += more
                advance()
            }
            return .text(text)
        case .integer(let value):
            advance()
            return .literal(.integer(value))
        case .number(let value):
            advance()
            return .literal(.number(value))
        case .symbol("("):
            advance()
            let value = try tuple(isParenthesized: true)
            try expect(")")
            return value
        case .symbol("["): return try list()
        case .symbol("{"): return try dictionary()
        default: throw malformed("an expression")
        }
    }

    /// Parses an expression, or several with commas between them.
    mutating func tuple(withConditional: Bool = true, isParenthesized: Bool = false, until end: String? = nil)
        throws(TemplateError) -> Expression
    {
        var values: [Expression] = []
        var isTuple = false
        while !isTupleEnd(end) {
            values.append(try expression(withConditional: withConditional))
            guard skip(",") else { break }
            isTuple = true
        }
        if !isTuple, let value = values.first { return value }
        guard isTuple || isParenthesized else { throw malformed("an expression") }
        return .tuple(values)
    }

    func isTupleEnd(_ end: String?) -> Bool {
        switch kind {
        case .variableEnd, .blockEnd, .symbol(")"): true
        case .name(let name): name == end
        default: false
        }
    }

    private mutating func list() throws(TemplateError) -> Expression {
        try expect("[")
        var values: [Expression] = []
        while kind != .symbol("]") {
            if !values.isEmpty { try expect(",") }
            if kind == .symbol("]") { break }
            values.append(try expression())
        }
        try expect("]")
        return .list(values)
    }

    private mutating func dictionary() throws(TemplateError) -> Expression {
        try expect("{")
        var pairs: [Expression.Pair] = []
        while kind != .symbol("}") {
            if !pairs.isEmpty { try expect(",") }
            if kind == .symbol("}") { break }
            let key = try expression()
            try expect(":")
            pairs.append(Expression.Pair(key: key, value: try expression()))
        }
        try expect("}")
        return .dictionary(pairs)
    }
}
