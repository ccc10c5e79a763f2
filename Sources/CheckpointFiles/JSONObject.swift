/// An object of JSON whose keys are not known beforehand, for the texts that some of them have.
package struct JSONObject: Sendable, Decodable {
    /// The object's keys, sorted.
    package let keys: [String]
    private var texts: [String: String] = [:]
    /// What the other keys have, in words.
    private var kinds: [String: String] = [:]

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: JSONKey.self)
        keys = container.allKeys.map(\.stringValue).sorted()
        for key in container.allKeys {
            if let text = try? container.decode(String.self, forKey: key) {
                texts[key.stringValue] = text
            } else {
                kinds[key.stringValue] = Self.kind(of: key, in: container)
            }
        }
    }

    private static func kind(of key: JSONKey, in container: KeyedDecodingContainer<JSONKey>) -> String {
        if (try? container.decodeNil(forKey: key)) == true { return "null" }
        if (try? container.decode(Bool.self, forKey: key)) != nil { return "true or false" }
        if (try? container.nestedUnkeyedContainer(forKey: key)) != nil { return "a list" }
        if (try? container.nestedContainer(keyedBy: JSONKey.self, forKey: key)) != nil { return "an object" }
        return "a number"
    }

    /// The text that a key has.
    ///
    /// - Parameter name: what errors call the object, such as `pairs.jsonl, line 3`.
    /// - Throws: if there is no such key, or it has something else.
    package func text(_ key: String, name: String) throws(CheckpointError) -> String {
        if let text = texts[key] { return text }
        if let kind = kinds[key] {
            throw CheckpointError(file: name, name: "key \(key.quoted)", expected: "a string", found: kind)
        }
        throw CheckpointError(file: name, expected: "the key \(key.quoted)", found: summary)
    }

    /// The keys for an error: `only the keys "a", "b"`.
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
