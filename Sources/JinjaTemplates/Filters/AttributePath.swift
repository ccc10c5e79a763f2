/// The `attribute` argument of a filter: a path such as `function.name` or `0.role`, or an index.
struct AttributePath {
    private enum Part {
        case name(MarkedText)
        case index(Value)
    }

    private var parts: [Part] = []
    private var standard: Value?
    private var ignoresCase: Bool

    init(_ attribute: Value?, standard: Value? = nil, ignoresCase: Bool = false) {
        self.ignoresCase = ignoresCase
        if let standard, standard.typeName != "None" { self.standard = standard }
        switch attribute {
        case nil, .some(.none): break
        case .some(.text(let path)):
            parts = path.parts([UInt8(ascii: ".")], .max).map { part in
                let isIndex = !part.isEmpty && part.bytes.allSatisfy { (0x30...0x39).contains($0) }
                if isIndex, let index = Int(part.string) { return .index(.integer(index)) }
                return .name(part)
            }
        case .some(let index): parts = [.index(index)]
        }
    }

    /// Several paths with commas between them, or none for a filter without the argument.
    static func several(_ attribute: Value?, ignoresCase: Bool) -> [AttributePath] {
        guard case .text(let paths)? = attribute else { return [AttributePath(attribute, ignoresCase: ignoresCase)] }
        return paths.parts([UInt8(ascii: ",")], .max).map { AttributePath(.text($0), ignoresCase: ignoresCase) }
    }

    /// What the path leads to from a value.
    func value(of item: Value, _ rendering: Rendering) throws(TemplateError) -> Value {
        try rendering.count(steps: 1)
        var value = item
        for part in parts {
            try rendering.count(steps: 1)
            switch part {
            case .name(let name): value = try rendering.element(.text(name), of: value)
            case .index(let index): value = try rendering.element(index, of: value)
            }
            if value.isUndefined, let standard { value = standard }
        }
        if ignoresCase, case .text(let text) = value {
            try rendering.count(bytes: text.bytes.count)
            try rendering.count(steps: 1)
            return .text(text.lowercased)
        }
        return value
    }
}
