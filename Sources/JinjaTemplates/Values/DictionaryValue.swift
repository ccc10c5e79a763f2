/// A dictionary that keeps its order and never changes.
final class DictionaryValue {
    let keys: [Value]
    let values: [Value]
    let depth: Int
    private let hashes: [DictionaryKey]
    /// Empty for small dictionaries, which are searched.
    private let places: [DictionaryKey: Int]
    private static let smallCount = 8

    /// Use ``Rendering/dictionary(_:)``, which checks the limits and the keys. Of equal keys the last value counts.
    init(unchecked members: [(key: Value, hash: DictionaryKey, value: Value)]) {
        var keys: [Value] = []
        var values: [Value] = []
        var hashes: [DictionaryKey] = []
        var places: [DictionaryKey: Int] = [:]
        let isSmall = members.count <= Self.smallCount
        for (key, hash, value) in members {
            if let place = isSmall ? hashes.firstIndex(of: hash) : places[hash] {
                values[place] = value
            } else {
                if !isSmall { places[hash] = keys.count }
                keys.append(key)
                values.append(value)
                hashes.append(hash)
            }
        }
        (self.keys, self.values, self.hashes, self.places) = (keys, values, hashes, places)
        depth = 1 + max(values.reduce(0) { max($0, $1.depth) }, keys.reduce(0) { max($0, $1.depth) })
    }

    var count: Int { keys.count }

    func value(for key: DictionaryKey) -> Value? {
        (places.isEmpty ? hashes.firstIndex(of: key) : places[key]).map { values[$0] }
    }

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

    init(_ text: String) { self = .text(Array(text.utf8)) }

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
