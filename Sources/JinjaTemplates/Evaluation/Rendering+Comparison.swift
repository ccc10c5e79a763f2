extension Rendering {
    func compare(_ left: Value, _ symbol: String, _ right: Value) throws(TemplateError) -> Bool {
        try count(steps: 1)
        switch symbol {
        case "==": return try areEqual(left, right)
        case "!=": return try !areEqual(left, right)
        case "in": return try contains(right, left)
        case "not in": return try !contains(right, left)
        case "<": return try order(left, right) == .less
        case ">": return try order(left, right) == .greater
        case "<=":
            let order = try order(left, right)
            return order == .less || order == .equal
        default:
            let order = try order(left, right)
            return order == .greater || order == .equal
        }
    }

    /// Whether two values are equal as in Python: values of different kinds are not, apart from numbers.
    func areEqual(_ left: Value, _ right: Value) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.text(let left), .text(let right)):
            try count(steps: min(left.bytes.count, right.bytes.count) / 64)
            return left == right
        case (.largeInteger(let left), .largeInteger(let right)): return left == right
        case (.largeInteger, .number), (.number, .largeInteger): throw unsupportedInteger
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return try areEqual(left.items, right.items)
        case (.dictionary(let left), .dictionary(let right)): return try areEqual(left, right)
        case (.range(let left), .range(let right)):
            return left.count == right.count
                && (left.count == 0
                    || (left.start == right.start && (left.count == 1 || left.step == right.step)))
        case (.object(let left), .object(let right)): return left === right
        case (.iterator(let left), .iterator(let right)): return left === right
        case (.view, .view): throw unsupported("a comparison of views of dictionaries")
        default:
            guard let left = Numeric(left), let right = Numeric(right) else { return false }
            return left.order(right) == .equal
        }
    }

    private func areEqual(_ left: [Value], _ right: [Value]) throws(TemplateError) -> Bool {
        guard left.count == right.count else { return false }
        try count(steps: left.count)
        try enterValue()
        defer { leaveValue() }
        for (left, right) in zip(left, right) where try !areEqual(left, right) { return false }
        return true
    }

    private func areEqual(_ left: DictionaryValue, _ right: DictionaryValue) throws(TemplateError) -> Bool {
        guard left.count == right.count else { return false }
        try count(steps: left.count)
        try enterValue()
        defer { leaveValue() }
        for (key, value) in left.members {
            guard let other = right.value(for: try self.key(key)), try areEqual(value, other) else { return false }
        }
        return true
    }

    enum Order { case less, equal, greater, incomparable }

    /// The order of two values; values that Python does not order are an error.
    func order(_ left: Value, _ right: Value) throws(TemplateError) -> Order {
        switch (left, right) {
        case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw failure(undefined: undefined)
        case (.text(let left), .text(let right)):
            try count(steps: min(left.bytes.count, right.bytes.count) / 64)
            if left == right { return .equal }
            return left.bytes.lexicographicallyPrecedes(right.bytes) ? .less : .greater
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            try enterValue()
            defer { leaveValue() }
            for (left, right) in zip(left.items, right.items) where try !areEqual(left, right) {
                return try order(left, right)
            }
            return Numeric.order(left.items.count, right.items.count)
        default:
            guard let left = try numeric(left), let right = try numeric(right) else {
                throw failure(
                    expected: "values that can be ordered", found: "\(left.typeName) and \(right.typeName)")
            }
            return left.order(right)
        }
    }

    /// Whether a value is in a sequence, a key of a dictionary, or a part of a text.
    func contains(_ container: Value, _ value: Value) throws(TemplateError) -> Bool {
        switch container {
        case .text(let text):
            guard case .text(let part) = value else {
                throw failure(expected: "a text to look for in a text", found: value.typeName)
            }
            try count(steps: text.bytes.count / 16)
            return text.find(part.bytes, from: 0, to: text.bytes.count) != nil
        case .dictionary(let dictionary): return dictionary.value(for: try key(value)) != nil
        case .view(let view) where view.kind == .keys: return view.dictionary.value(for: try key(value)) != nil
        case .undefined, .list, .tuple, .view, .range, .iterator:
            let next = try source(of: container)
            while let item = try next() {
                try count(steps: 1)
                if try areEqual(item, value) { return true }
            }
            return false
        default: throw failure(expected: "a sequence to look into", found: container.typeName)
        }
    }
}

/// A number or a truth value, which counts as 0 or 1.
enum Numeric {
    case integer(Int)
    case number(Double)

    init?(_ value: Value) {
        switch value {
        case .integer(let value): self = .integer(value)
        case .bool(let value): self = .integer(value ? 1 : 0)
        case .number(let value): self = .number(value)
        default: return nil
        }
    }

    var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        }
    }

    func order(_ other: Numeric) -> Rendering.Order {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): Self.order(left, right)
        // A comparison as Double would make neighbours of large integers equal.
        case (.integer(let left), .number(let right)): Self.order(left, right)
        case (.number(let left), .integer(let right)): Self.order(right, left).reversed
        case (.number(let left), .number(let right)):
            left < right ? .less : left > right ? .greater : left == right ? .equal : .incomparable
        }
    }

    static func order(_ left: Int, _ right: Int) -> Rendering.Order {
        left < right ? .less : left > right ? .greater : .equal
    }

    private static func order(_ left: Int, _ right: Double) -> Rendering.Order {
        if right.isNaN { return .incomparable }
        if right >= 0x1p63 { return .less }
        if right < -0x1p63 { return .greater }
        let whole = right.rounded(.down)
        let order = order(left, Int(whole))
        return order == .equal && right > whole ? .less : order
    }
}

extension Rendering.Order {
    var reversed: Rendering.Order {
        switch self {
        case .less: .greater
        case .greater: .less
        default: self
        }
    }
}
