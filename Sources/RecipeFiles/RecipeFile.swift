import CheckpointFiles
package import ModelTraining
import Yams

/// A recipe in YAML, with the line of each key.
package struct RecipeFile {
    private let name: String
    /// The values of the text, with the overrides applied.
    package private(set) var recipe = TrainingRecipe()
    private var places: [String: String] = [:]

    /// Parses a recipe.
    ///
    /// - Parameters:
    ///   - text: YAML; a byte order mark at its start is skipped.
    ///   - name: the text's name in errors.
    ///   - overrides: `key.path=value` pairs with values in YAML; each replaces the text's value. `steps` also replaces
    ///     `epochs`, and the reverse.
    /// - Throws: ``RecipeFileError`` if the text is not plain YAML (``RecipeText``), a key is unknown or given twice, a
    ///   value has the wrong type, or values are inconsistent.
    package init(_ text: String, name: String, overrides: [String] = []) throws(RecipeFileError) {
        self.name = name
        if let root = try RecipeText(text, name: name).root { try read(root, path: "") }
        replaceLength(overrides)
        for override in overrides { try apply(override) }
        do {
            try recipe.check()
        } catch {
            throw located(error)
        }
    }

    /// Adds its key's place to an error that was found after parsing.
    package func located(_ error: RecipeError) -> RecipeFileError {
        RecipeFileError(
            place: places[error.key] ?? name, key: error.key, expected: error.expected, found: error.found)
    }

    /// Removes the text's length of the run if overrides have one, which may be in the other unit.
    private mutating func replaceLength(_ overrides: [String]) {
        guard overrides.contains(where: { $0.hasPrefix("steps=") || $0.hasPrefix("epochs=") }) else { return }
        (recipe.steps, recipe.epochs) = (TrainingRecipe().steps, nil)
    }

    private mutating func apply(_ override: String) throws(RecipeFileError) {
        let place = override.inMessage
        guard let equals = override.firstIndex(of: "=") else {
            throw RecipeFileError(place: place, key: "", expected: "key.path=value", found: "no =")
        }
        let path = String(override[..<equals])
        let value = String(override[override.index(after: equals)...])
        guard let node = try RecipeText(value, name: place).root else {
            throw RecipeFileError(place: place, key: path.inMessage, expected: "a value", found: "nothing")
        }
        if case .scalar(let scalar) = node, scalar.style == .plain,
            scalar.string.split(separator: " ") != value.split(separator: " ")
        {
            throw RecipeFileError(
                place: place, key: path.inMessage, expected: "a value without a comment; quote a value that has a #",
                found: value.quoted)
        }
        // An override may repeat a key of the file.
        places[Self.isOff(path, node) ? Self.switchKey : path] = nil
        try set(path, node, place: place)
    }

    /// Reads a mapping recursively: `batch: {length: 256}` sets `batch.length`.
    private mutating func read(_ node: Node, path: String) throws(RecipeFileError) {
        guard case .mapping(let mapping) = node else {
            throw RecipeFileError(
                place: place(of: node), key: path, expected: "keys with values", found: node.summary)
        }
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                throw RecipeFileError(place: place(of: key), key: path, expected: "a key", found: key.summary)
            }
            let full = path.isEmpty ? name.string : "\(path).\(name.string)"
            if RecipeKey.all.contains(where: { $0.path.hasPrefix(full + ".") }), !Self.isOff(full, value) {
                try read(value, path: full)
            } else {
                try set(full, value, place: place(of: key))
            }
        }
    }

    /// Whether a value switches a part of the recipe off: `validation: none`.
    private static func isOff(_ path: String, _ node: Node) -> Bool {
        guard path == "validation", case .scalar(let scalar) = node else { return false }
        return scalar.string == "none"
    }

    /// The key that ``isOff(_:_:)`` stands for, with the value 0.
    private static let switchKey = "validation.every"

    private mutating func set(_ path: String, _ node: Node, place: String) throws(RecipeFileError) {
        let isOff = Self.isOff(path, node)
        let path = isOff ? Self.switchKey : path
        guard let key = RecipeKey.named(path) else {
            let parts = RecipeKey.all.map(\.path).filter { $0.hasPrefix(path + ".") }
            guard parts.isEmpty else {
                throw RecipeFileError(
                    place: place, key: path,
                    expected: "a value for one of its keys: \(parts.map { $0 + "=" }.joined(separator: ", "))",
                    found: "\(node.summary) for all of them")
            }
            throw RecipeFileError(
                place: place, key: path.inMessage, expected: Self.siblings(of: path), found: "an unknown key")
        }
        guard let value = isOff ? .scalar("0") : RecipeValue(node, isText: key.isText) else {
            throw RecipeFileError(place: place, key: path, expected: key.expected, found: node.summary)
        }
        guard places[path] == nil else {
            throw RecipeFileError(place: place, key: path, expected: "each key once", found: "a duplicate")
        }
        places[path] = place
        do {
            try key.set(value, in: &recipe)
        } catch {
            throw located(error)
        }
    }

    private func place(of node: Node) -> String { node.mark.map { "\(name):\($0.line)" } ?? name }

    /// The keys that the path may have been meant to name.
    private static func siblings(of path: String) -> String {
        let parent = path.lastIndex(of: ".").map { path[...$0] } ?? ""
        let names = RecipeKey.all.map(\.path).filter { $0.hasPrefix(parent) }.map { path in
            String(path.dropFirst(parent.count).prefix { $0 != "." })
        }
        let known = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map { parent + $1 }
        return known.isEmpty ? "a key of a recipe" : "one of " + known.joined(separator: ", ")
    }
}
