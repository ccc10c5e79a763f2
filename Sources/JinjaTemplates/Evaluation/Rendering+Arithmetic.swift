import CLibc

extension Rendering {
    func arithmetic(_ left: Value, _ symbol: String, _ right: Value) throws(TemplateError) -> Value {
        try count(steps: 1)
        if case .undefined(let undefined) = left { throw failure(undefined: undefined) }
        if case .text(let format) = left, symbol == "%" { return .text(try formatted(format, percent: right)) }
        if case .undefined(let undefined) = right { throw failure(undefined: undefined) }
        if let left = try numeric(left), let right = try numeric(right) { return try arithmetic(left, symbol, right) }
        switch (symbol, left, right) {
        case ("+", .text(let left), .text(let right)): return .text(try sum(left, right))
        case ("+", .list(let left), .list(let right)):
            try count(elements: left.items.count + right.items.count)
            return .list(try list(left.items + right.items))
        case ("+", .tuple(let left), .tuple(let right)):
            try count(elements: left.items.count + right.items.count)
            return .tuple(try list(left.items + right.items))
        case ("*", _, _):
            if let times = right.asInteger, let result = try repeated(left, times) { return result }
            if let times = left.asInteger, let result = try repeated(right, times) { return result }
        default: break
        }
        throw failure(expected: "operands that \(symbol) is for", found: "\(left.typeName) and \(right.typeName)")
    }

    /// The value as a number, or nil if it is none.
    func numeric(_ value: Value) throws(TemplateError) -> Numeric? {
        if case .largeInteger = value { throw unsupportedInteger }
        return Numeric(value)
    }

    var unsupportedInteger: TemplateError { unsupported("an integer of more than 64 bits") }

    private func sum(_ left: MarkedText, _ right: MarkedText) throws(TemplateError) -> MarkedText {
        guard left.isMarkup || right.isMarkup else { return try joined([left, right]) }
        var sum = try joined([left.escaped, right.escaped])
        sum.isMarkup = true
        return sum
    }

    /// The texts as one, which is not Markup even if they are.
    func joined(_ parts: [MarkedText]) throws(TemplateError) -> MarkedText {
        try count(bytes: parts.reduce(0) { $0 + $1.size })
        guard var text = parts.first else { return .empty }
        text.isMarkup = false
        for part in parts.dropFirst() { text.append(part) }
        return text
    }

    private func repeated(_ value: Value, _ times: Int) throws(TemplateError) -> Value? {
        let times = max(0, times)
        switch value {
        case .text(let text):
            let (bytes, overflows) = (text.size + MarkedText.sizeOfChange).multipliedReportingOverflow(by: times)
            try count(bytes: overflows ? .max : bytes)
            var result = MarkedText.empty
            result.isMarkup = text.isMarkup
            if !text.isEmpty { result.append(text, times: times) }
            return .text(result)
        case .list(let list): return .list(try self.list(try repeated(list.items, times)))
        case .tuple(let list): return .tuple(try self.list(try repeated(list.items, times)))
        default: return nil
        }
    }

    private func repeated(_ items: [Value], _ times: Int) throws(TemplateError) -> [Value] {
        let (elements, overflows) = items.count.multipliedReportingOverflow(by: times)
        try count(elements: overflows ? .max : elements)
        return items.isEmpty ? [] : (0..<times).flatMap { _ in items }
    }

    private func arithmetic(_ left: Numeric, _ symbol: String, _ right: Numeric) throws(TemplateError) -> Value {
        if symbol == "/" || symbol == "//" || symbol == "%", right.double == 0 {
            throw failure(expected: "a divisor other than 0", found: "0")
        }
        if case .integer(let left) = left, case .integer(let right) = right, symbol != "/" {
            if symbol != "**" || right >= 0 { return .integer(try integer(left, symbol, right)) }
        }
        let (x, y) = (left.double, right.double)
        switch symbol {
        case "+": return .number(x + y)
        case "-": return .number(x - y)
        case "*": return .number(x * y)
        case "/": return .number(x / y)
        case "//": return .number(floorDivision(x, y))
        case "%": return .number(remainder(x, y))
        default: return .number(try power(x, y))
        }
    }

    private func integer(_ left: Int, _ symbol: String, _ right: Int) throws(TemplateError) -> Int {
        let result: (partialValue: Int, overflow: Bool)
        switch symbol {
        case "+": result = left.addingReportingOverflow(right)
        case "-": result = left.subtractingReportingOverflow(right)
        case "*": result = left.multipliedReportingOverflow(by: right)
        case "//":
            result = left.dividedReportingOverflow(by: right)
            if !result.overflow, left % right != 0, (left < 0) != (right < 0) { return result.partialValue - 1 }
        case "%":
            let remainder = left.remainderReportingOverflow(dividingBy: right).partialValue
            return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
        default: result = power(left, right)
        }
        guard !result.overflow else { throw unsupportedInteger }
        return result.partialValue
    }

    private func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
        if base == 0 || base == 1 { return (exponent == 0 ? 1 : base, false) }
        if base == -1 { return (exponent % 2 == 0 ? 1 : -1, false) }
        guard exponent < 64 else { return (0, true) }
        var result = 1
        for _ in 0..<exponent {
            let (product, overflows) = result.multipliedReportingOverflow(by: base)
            if overflows { return (0, true) }
            result = product
        }
        return (result, false)
    }

    private func power(_ base: Double, _ exponent: Double) throws(TemplateError) -> Double {
        if base == 0, exponent < 0 { throw failure(expected: "a positive power of 0", found: "\(exponent)") }
        if base < 0, exponent != exponent.rounded(), exponent.isFinite { throw unsupported("a complex number") }
        let result = pow(base, exponent)
        if result.isInfinite, base.isFinite, exponent.isFinite {
            throw failure(expected: "a power within the range of numbers", found: "a larger one")
        }
        return result
    }

    private func remainder(_ x: Double, _ y: Double) -> Double {
        let remainder = x.truncatingRemainder(dividingBy: y)
        if remainder == 0 { return Double(signOf: y, magnitudeOf: 0) }
        return (remainder < 0) != (y < 0) ? remainder + y : remainder
    }

    private func floorDivision(_ x: Double, _ y: Double) -> Double {
        let quotient = (x - remainder(x, y)) / y
        guard quotient != 0 else { return Double(signOf: x / y, magnitudeOf: 0) }
        let floor = quotient.rounded(.down)
        return quotient - floor > 0.5 ? floor + 1 : floor
    }

    /// `-value` or `+value`.
    func signed(_ value: Value, isMinus: Bool) throws(TemplateError) -> Value {
        if case .undefined(let undefined) = value { throw failure(undefined: undefined) }
        guard let number = try numeric(value) else {
            throw failure(expected: "a number after a sign", found: value.typeName)
        }
        switch number {
        case .integer(let value): return .integer(isMinus ? try integer(0, "-", value) : value)
        case .number(let value): return .number(isMinus ? -value : value)
        }
    }
}
