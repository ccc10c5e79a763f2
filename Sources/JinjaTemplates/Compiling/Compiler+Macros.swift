extension Compiler {
    mutating func macroDefinition(
        _ name: String, _ signature: Statement.Signature, _ body: [Statement], _ levels: Int, _ line: Int,
        _ frame: Frame
    ) throws(TemplateError) -> Execution {
        let macro = try self.macro(name, signature, body, levels, line, frame)
        let slot = slot(of: name, frame)
        return { rendering throws(TemplateError) in
            rendering.line = line
            rendering.frame.slots[slot] = .object(MacroValue(macro, definition: rendering.frame, rendering))
            return .normal
        }
    }

    mutating func callBlock(
        _ signature: Statement.Signature, _ call: Expression, _ body: [Statement], _ levels: Int, _ line: Int,
        _ frame: Frame
    ) throws(TemplateError) -> Execution {
        let macro = try self.macro("caller", signature, body, levels, line, frame)
        guard case .chain(let value, var links) = call, let last = links.popLast(),
            case .call(let arguments) = last.kind
        else { preconditionFailure("The parser lets only calls through.") }
        let callee = try expression(links.isEmpty ? value : .chain(value, links), frame)
        let evaluate = try self.arguments(arguments, frame)
        return { rendering throws(TemplateError) in
            rendering.line = line
            let callee = try callee(rendering)
            var arguments = try evaluate(rendering)
            let caller = MacroValue(macro, definition: rendering.frame, rendering)
            arguments.named.append(("caller", .object(caller)))
            try rendering.count(steps: 1)
            try rendering.write(try rendering.text(try rendering.call(callee, arguments)))
            return .normal
        }
    }

    private mutating func macro(
        _ name: String, _ signature: Statement.Signature, _ body: [Statement], _ levels: Int, _ line: Int,
        _ frame: Frame
    ) throws(TemplateError) -> Macro {
        let function = FunctionScope(depth: frame.function.depth + 1)
        let inner = frame.inner(function: function)
        let special = UnassignedNames.among(["caller", "kwargs", "varargs"], in: body)
            .subtracting(signature.parameters)
        let required = signature.parameters.count - signature.defaults.count
        if let caller = signature.parameters.firstIndex(of: "caller"), caller < required,
            UnassignedNames.among(["caller"], in: body).contains("caller")
        {
            throw .malformed(line: line, expected: "a default of the parameter caller", found: "none")
        }
        for parameter in signature.parameters { inner.scope.declareParameter(parameter) }
        for parameter in special.sorted() { inner.scope.declareParameter(parameter) }
        for value in signature.defaults { inner.scope.analyze(value) }
        inner.scope.analyze(body)
        let entry = entry(of: inner)
        var defaults: [Evaluation] = []
        for value in signature.defaults { defaults.append(try expression(value, inner)) }
        var parameters: [Macro.Parameter] = []
        for (index, parameter) in signature.parameters.enumerated() {
            parameters.append(
                Macro.Parameter(
                    name: parameter, slot: slot(of: parameter, inner),
                    standard: index < required ? nil : defaults[index - required]))
        }
        func specialSlot(_ name: String) -> Int? { special.contains(name) ? slot(of: name, inner) : nil }
        let run = try self.body(body, inner)
        return Macro(
            name: name, parameters: parameters, caller: specialSlot("caller"), named: specialSlot("kwargs"),
            positional: specialSlot("varargs"), entry: entry, body: run, slots: function.count, levels: levels + 2)
    }
}

/// The compiled parts of a macro.
struct Macro: Sendable {
    struct Parameter: Sendable {
        let name: String
        let slot: Int
        let standard: Compiler.Evaluation?
    }

    let name: String
    let parameters: [Parameter]
    /// Where the caller, further arguments by name and further ones without are, if the body uses them.
    let caller, named, positional: Int?
    let entry: ScopeEntry
    let body: Compiler.Execution
    let slots: Int
    /// How deep its statements and expressions are within each other.
    let levels: Int
}

/// A macro with the variables around its definition.
final class MacroValue: TemplateObject {
    private let macro: Macro
    private let definition: Activation

    init(_ macro: Macro, definition: Activation, _ rendering: Rendering) {
        (self.macro, self.definition) = (macro, definition)
        rendering.register(definition)
    }

    override var typeName: String { "macro \(macro.name)" }
    override var isCallable: Bool { true }

    override func attribute(_ name: String, _ rendering: Rendering) throws(TemplateError) -> Value? {
        switch name {
        case "name": .text(macro.name)
        case "arguments": .tuple(try rendering.list(macro.parameters.map { .text($0.name) }))
        case "caller": .bool(macro.caller != nil)
        case "catch_kwargs": .bool(macro.named != nil)
        case "catch_varargs": .bool(macro.positional != nil)
        default: nil
        }
    }

    override func call(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        try rendering.count(steps: 1 + macro.slots)
        let frame = Activation(slots: macro.slots, parent: definition)
        try bind(arguments, in: frame, rendering)
        return try rendering.nested(levels: macro.levels) { () throws(TemplateError) in
            try rendering.within(frame) { () throws(TemplateError) in
                macro.entry.enter(rendering)
                for parameter in macro.parameters where frame.slots[parameter.slot].isMissing {
                    let missing = Value.undefined(
                        Undefined(message: "the parameter \(parameter.name), which is not given"))
                    frame.slots[parameter.slot] = try parameter.standard?(rendering) ?? missing
                }
                return .text(
                    try rendering.captured { () throws(TemplateError) in _ = try macro.body(rendering) })
            }
        }
    }

    private func bind(_ arguments: Arguments, in frame: Activation, _ rendering: Rendering) throws(TemplateError) {
        var named = arguments.named
        func take(_ name: String) -> Value? {
            named.firstIndex { $0.name == name }.map { named.remove(at: $0).value }
        }
        for (index, parameter) in macro.parameters.enumerated() {
            let isGiven = index < arguments.positional.count
            frame.slots[parameter.slot] = isGiven ? arguments.positional[index] : take(parameter.name)
        }
        if let slot = macro.caller {
            frame.slots[slot] = take("caller") ?? .undefined(Undefined(name: "caller"))
        }
        if let slot = macro.named {
            let members = named.map { (key: Value.text($0.name), value: $0.value) }
            frame.slots[slot] = .dictionary(try rendering.dictionary(members))
        } else if let (name, _) = named.first {
            throw rendering.failure(expected: "an argument that the macro \(macro.name) has", found: name)
        }
        let further = arguments.positional.dropFirst(macro.parameters.count)
        if let slot = macro.positional {
            frame.slots[slot] = .tuple(try rendering.list(Array(further)))
        } else if !further.isEmpty {
            throw rendering.failure(
                expected: "at most \(macro.parameters.count) arguments of the macro \(macro.name)",
                found: "\(arguments.positional.count)")
        }
    }
}

extension Value? {
    /// Whether there is no value. Values cannot be compared with nil, because they are not `Equatable`.
    var isMissing: Bool {
        if case .some = self { return false }
        return true
    }
}
