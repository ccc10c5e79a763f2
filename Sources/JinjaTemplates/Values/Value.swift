/// A value while a template runs. It behaves as the Python value of its kind.
enum Value {
    case undefined(Undefined)
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of more than 64 bits, with which there is no arithmetic.
    case largeInteger(String)
    case number(Double)
    case text(MarkedText)
    case list(ListValue)
    case tuple(ListValue)
    case dictionary(DictionaryValue)
    case view(DictionaryView)
    case range(RangeValue)
    case iterator(IteratorValue)
    case object(TemplateObject)

    static func text(_ text: String) -> Value { .text(MarkedText(text)) }

    /// What Python calls the value's type.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "None"
        case .bool: "bool"
        case .integer, .largeInteger: "int"
        case .number: "float"
        case .text: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .view(let view): view.kind.typeName
        case .range: "range"
        case .iterator: "generator"
        case .object(let object): object.typeName
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { return true }
        return false
    }

    /// Whether a condition holds for the value.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .largeInteger: true
        case .number(let value): value != 0
        case .text(let text): !text.isEmpty
        case .list(let list), .tuple(let list): !list.items.isEmpty
        case .dictionary(let dictionary): dictionary.count > 0
        case .view(let view): view.dictionary.count > 0
        case .range(let range): range.count > 0
        case .iterator, .object: true
        }
    }

    /// The value as an index: integers and truth values.
    var asInteger: Int? {
        switch self {
        case .integer(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// How deep lists and dictionaries are within each other.
    var depth: Int {
        switch self {
        case .list(let list), .tuple(let list): list.depth
        case .dictionary(let dictionary): dictionary.depth
        case .view(let view): view.dictionary.depth + 1
        case .iterator(let iterator): iterator.depth
        default: 0
        }
    }
}

/// A missing value: printed as nothing, false, and an error where anything else is done with it.
struct Undefined {
    private let kind: Kind

    private enum Kind {
        case variable(String)
        case member(String, of: String)
        case other(String)
    }

    init(name: String) { kind = .variable(name) }

    init(member: String, of type: String) { kind = .member(member, of: type) }

    init(message: String) { kind = .other(message) }

    /// What to say where it is used.
    var message: String {
        switch kind {
        case .variable(let name): "the variable \(name), which is undefined"
        case .member(let name, let type): "\(name.prefix(80)) of a \(type), which is undefined"
        case .other(let message): message
        }
    }
}

/// The elements of a list or a tuple, which never change.
final class ListValue {
    let items: [Value]
    /// Names of the elements, if they have names too: those of a group.
    let names: [String]
    let depth: Int

    /// Use ``Rendering/list(_:)``, which checks the limits.
    init(unchecked items: [Value], names: [String] = []) {
        self.items = items
        self.names = names
        depth = 1 + items.reduce(0) { max($0, $1.depth) }
    }
}

/// The numbers of a `range`.
struct RangeValue: Hashable {
    var start, step, count: Int

    subscript(index: Int) -> Int { start + index * step }

    /// The first number that is not in it any more, as Python prints it.
    var stop: Int
}

/// A sequence that can be gone through once, such as the result of `map`.
final class IteratorValue {
    typealias Source = () throws(TemplateError) -> Value?

    let next: Source
    let depth: Int

    /// Use ``Rendering/iterator(depth:_:)``, which checks the limits.
    init(depth: Int, next: @escaping Source) {
        self.next = next
        self.depth = depth
    }
}
