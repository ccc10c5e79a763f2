/// The value of a key whose absence means a default, unlike an explicit null.
enum StatedValue<Value: Codable & Sendable>: Codable, Sendable {
    case omitted
    case null
    case value(Value)

    /// The value; nil for null.
    ///
    /// - Parameter standard: the value where the key is omitted.
    func resolved(standard: Value?) -> Value? {
        switch self {
        case .omitted: standard
        case .null: nil
        case .value(let value): value
        }
    }
}

extension KeyedDecodingContainer {
    /// Decodes the value of a key that may be missing or null. Synthesized `Decodable` conformances call it.
    func decode<Value>(_ type: StatedValue<Value>.Type, forKey key: Key) throws -> StatedValue<Value> {
        guard contains(key) else { return .omitted }
        return try decodeNil(forKey: key) ? .null : .value(decode(Value.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    /// Encodes the value of a key, unless it is omitted.
    mutating func encode<Value>(_ value: StatedValue<Value>, forKey key: Key) throws {
        switch value {
        case .omitted: break
        case .null: try encodeNil(forKey: key)
        case .value(let value): try encode(value, forKey: key)
        }
    }
}
