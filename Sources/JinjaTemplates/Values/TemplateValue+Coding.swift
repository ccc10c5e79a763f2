extension TemplateValue: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Decodes any value. Decoders do not tell the order of an object's members, so they are sorted by key, nor the
    /// digits of integers of more than 64 bits, which become numbers.
    public init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            let keys = container.allKeys.sorted { $0.stringValue < $1.stringValue }
            self = .object(
                try keys.map { key in
                    Member(key: key.stringValue, value: try container.decode(TemplateValue.self, forKey: key))
                })
        } else if var container = try? decoder.unkeyedContainer() {
            var list: [TemplateValue] = []
            while !container.isAtEnd { list.append(try container.decode(TemplateValue.self)) }
            self = .list(list)
        } else {
            self = try TemplateValue(scalarIn: decoder.singleValueContainer())
        }
    }

    private init(scalarIn container: any SingleValueDecodingContainer) throws {
        if container.decodeNil() {
            self = .none
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// Encodes the value; the members of objects are encoded in order.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for member in members { try container.encode(member.value, forKey: Key(stringValue: member.key)) }
        case .list(let list):
            var container = encoder.unkeyedContainer()
            for value in list { try container.encode(value) }
        case .none:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value): try encoder.encode(scalar: value)
        case .integer(let value): try encoder.encode(scalar: value)
        case .largeInteger(let digits):
            throw EncodingError.invalidValue(
                digits,
                EncodingError.Context(
                    codingPath: encoder.codingPath, debugDescription: "integers have at most 64 bits"))
        case .number(let value): try encoder.encode(scalar: value)
        case .text(let value): try encoder.encode(scalar: value)
        }
    }
}

extension Encoder {
    fileprivate func encode(scalar value: some Encodable) throws {
        var container = singleValueContainer()
        try container.encode(value)
    }
}
