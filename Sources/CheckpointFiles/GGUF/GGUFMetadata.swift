/// A GGUF file's metadata: values by key, in file order.
package struct GGUFMetadata: Sendable {
    /// The path of the file, for errors.
    package let file: String
    /// The keys, in file order.
    package private(set) var keys: [String] = []
    private var values: [String: GGUFValue] = [:]

    /// Creates empty metadata.
    package init(file: String) {
        self.file = file
    }

    /// The value of a key. Setting nil removes the key; a new key is appended.
    package subscript(key: String) -> GGUFValue? {
        get { values[key] }
        set {
            let old = values.updateOrRemove(newValue, forKey: key)
            if old == nil, newValue != nil {
                keys.append(key)
            } else if old != nil, newValue == nil {
                keys.removeAll { $0 == key }
            }
        }
    }

    /// An error about the value of a key.
    package func failure(_ key: String, expected: String, found: String) -> CheckpointError {
        CheckpointError(file: file, name: "metadata key \(key.quoted)", expected: expected, found: found)
    }
}

extension Dictionary {
    fileprivate mutating func updateOrRemove(_ value: Value?, forKey key: Key) -> Value? {
        if let value { updateValue(value, forKey: key) } else { removeValue(forKey: key) }
    }
}
