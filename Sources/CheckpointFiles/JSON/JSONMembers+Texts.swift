extension JSONMembers {
    /// The keys, sorted.
    package var keys: [String] { values.keys.sorted() }

    /// The string value of a key.
    ///
    /// - Parameter name: the object's name in errors, such as `pairs.jsonl, line 3`.
    /// - Throws: if the key is missing, or its value is not a string.
    package func text(_ key: String, name: String) throws(FileError) -> String {
        guard let value = values[key] else {
            throw FileError(file: name, expected: "the key \(key.quoted)", found: summary)
        }
        let kind = JSONKind(firstByte: value.utf8.first)
        guard kind == .text else {
            throw FileError(
                file: name, name: "key \(key.quoted)", expected: "a string", found: kind.description)
        }
        return value.utf8.span.bytes.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes, valueLimit: 1)
            return scanner.text(1..<bytes.count - 1)
        }
    }

    /// A description of the keys for errors, such as `only the keys "a", "b"`.
    package var summary: String {
        let shown = keys.prefix(6).map(\.quoted).joined(separator: ", ")
        return switch keys.count {
        case 0: "no key"
        case 1: "only the key \(shown)"
        case 2...6: "only the keys \(shown)"
        default: "only the keys \(shown) and \(keys.count - 6) more"
        }
    }
}

extension JSONMembers {
    /// The value of a key; nil if the key is missing, or if its value is null or not of this type.
    package func value<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) -> Value? {
        guard let text = values[key] else { return nil }
        return text.utf8.span.bytes.withUnsafeBytes { bytes in
            try? JSONText.decode(bytes, file: "", atMost: .description, as: Value?.self)
        }
    }

    /// The object that is the value of a key; nil if the key is missing, or if its value is not an object.
    package func object(_ key: String) -> JSONMembers? {
        values[key].flatMap { try? JSONMembers(Array($0.utf8), name: "", atMost: .description) }
    }
}
