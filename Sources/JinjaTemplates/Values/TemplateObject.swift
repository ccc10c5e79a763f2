/// A value that is not data: a function, a macro, a namespace, the state of a loop.
class TemplateObject {
    /// What an error message calls it.
    var typeName: String { "object" }
    var isCallable: Bool { false }

    /// An attribute, or nil if there is none.
    func attribute(_ name: String, _ rendering: Rendering) throws(TemplateError) -> Value? { nil }

    func call(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        throw rendering.failure(expected: "a function", found: typeName)
    }
}

/// A function of the interpreter, such as `range`, or a method of a value.
final class FunctionValue: TemplateObject {
    typealias Body = (Arguments, Rendering) throws(TemplateError) -> Value

    let name: String
    private let body: Body

    init(_ name: String, _ body: @escaping Body) {
        self.name = name
        self.body = body
    }

    override var typeName: String { "function \(name)" }
    override var isCallable: Bool { true }

    override func call(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        try body(arguments, rendering)
    }
}

/// The only value that a template can change.
final class NamespaceValue: TemplateObject {
    var members: [String: Value]

    init(_ members: [String: Value]) { self.members = members }

    override var typeName: String { "Namespace" }

    override func attribute(_ name: String, _ rendering: Rendering) throws(TemplateError) -> Value? { members[name] }

    func set(_ name: String, _ value: Value, _ rendering: Rendering) throws(TemplateError) {
        guard !name.hasPrefix("_") else {
            throw rendering.failure(expected: "a name without an underscore first in a namespace", found: name)
        }
        members[name] = value
    }
}

/// Values that take turns.
final class CyclerValue: TemplateObject {
    private let items: [Value]
    private var position = 0

    init(_ items: [Value]) { self.items = items }

    override var typeName: String { "Cycler" }

    override func attribute(_ name: String, _ rendering: Rendering) throws(TemplateError) -> Value? {
        switch name {
        case "current": items[position]
        case "next":
            .object(
                FunctionValue(name) { arguments, rendering throws(TemplateError) in
                    _ = try arguments.bound(to: [], required: 0, of: "next", rendering)
                    defer { self.position = (self.position + 1) % self.items.count }
                    return self.items[self.position]
                })
        case "reset":
            .object(
                FunctionValue(name) { arguments, rendering throws(TemplateError) in
                    _ = try arguments.bound(to: [], required: 0, of: "reset", rendering)
                    self.position = 0
                    return .none
                })
        default: nil
        }
    }
}

/// A separator that is empty the first time.
final class JoinerValue: TemplateObject {
    private let separator: Value
    private var isUsed = false

    init(_ separator: Value) { self.separator = separator }

    override var typeName: String { "Joiner" }
    override var isCallable: Bool { true }

    override func call(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        _ = try arguments.bound(to: [], required: 0, of: "joiner", rendering)
        defer { isUsed = true }
        return isUsed ? separator : .text("")
    }
}
