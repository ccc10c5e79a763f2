/// A dictionary that keeps its order and never changes.
final class DictionaryValue {
    let keys: [Value]
    let values: [Value]
    let depth: Int
    private let places: [DictionaryKey: Int]

    /// Use ``Rendering/dictionary(_:)``, which checks the limits and the keys. Of equal keys the last value counts.
    init(unchecked members: [(key: Value, hash: DictionaryKey, value: Value)]) {
        var keys: [Value] = []
        var values: [Value] = []
        var places: [DictionaryKey: Int] = [:]
        for (key, hash, value) in members {
            if let place = places[hash] {
                values[place] = value
            } else {
                places[hash] = keys.count
                keys.append(key)
                values.append(value)
            }
        }
        (self.keys, self.values, self.places) = (keys, values, places)
        depth = 1 + max(values.reduce(0) { max($0, $1.depth) }, keys.reduce(0) { max($0, $1.depth) })
    }

    var count: Int { keys.count }

    func value(for key: DictionaryKey) -> Value? { places[key].map { values[$0] } }

    func value(for key: String) -> Value? { value(for: .text(Array(key.utf8))) }

    var members: [(key: Value, value: Value)] { Array(zip(keys, values)).map { ($0, $1) } }
}

/// The keys, values or items of a dictionary.
struct DictionaryView {
    enum Kind: String {
        case keys, values, items

        var typeName: String { "dict_" + rawValue }
    }

    var kind: Kind
    var dictionary: DictionaryValue

    /// The elements in order.
    var items: [Value] {
        switch kind {
        case .keys: dictionary.keys
        case .values: dictionary.values
        case .items:
            dictionary.members.map { .tuple(ListValue(unchecked: [$0.key, $0.value])) }
        }
    }
}

/// A value as a key. Equal numbers of different types are equal keys, as in Python.
enum DictionaryKey: Hashable {
    case none
    case integer(Int)
    case largeInteger(String)
    case number(Double)
    case text([UInt8])
    case tuple([DictionaryKey])

    /// Returns nil for values that cannot be keys.
    init?(_ value: Value) {
        switch value {
        case .none: self = .none
        case .bool(let value): self = .integer(value ? 1 : 0)
        case .integer(let value): self = .integer(value)
        case .largeInteger(let digits): self = .largeInteger(digits)
        case .number(let value): self = Int(exactly: value).map { .integer($0) } ?? .number(value)
        case .text(let text): self = .text(text.bytes)
        case .tuple(let list):
            var keys: [DictionaryKey] = []
            for item in list.items {
                guard let key = DictionaryKey(item) else { return nil }
                keys.append(key)
            }
            self = .tuple(keys)
        default: return nil
        }
    }
}
