import LayerSkip
import Yams

/// A recipe in YAML, with the lines that its keys stand on.
struct RecipeFile {
    private let name: String
    private(set) var recipe = TrainingRecipe()
    private var places: [String: String] = [:]

    /// Reads a recipe and what the command line says instead of it.
    ///
    /// - Parameter overrides: `key.path=value` each, the value in YAML.
    /// - Throws: ``RecipeFileError`` where a key is unknown, given twice, or its value is not what is expected.
    init(path: String, overrides: [String] = []) throws {
        try self.init(TextInput.read(path, atMost: .recipe), name: path, overrides: overrides)
    }

    /// Reads a recipe from its text.
    ///
    /// - Parameter name: what errors call it.
    init(_ text: String, name: String, overrides: [String] = []) throws(RecipeFileError) {
        self.name = name
        if let root = try Self.parse(text, name: name) { try read(root, path: "") }
        for override in overrides { try apply(override) }
        do {
            try recipe.check()
        } catch {
            throw located(error)
        }
    }

    /// An error that was found later, with the place of its key.
    func located(_ error: RecipeError) -> RecipeFileError {
        RecipeFileError(
            place: places[error.key] ?? name, key: error.key, expected: error.expected, found: error.found)
    }

    private mutating func apply(_ override: String) throws(RecipeFileError) {
        guard let equals = override.firstIndex(of: "=") else {
            throw RecipeFileError(place: override, key: "", expected: "key.path=value", found: "no =")
        }
        let path = String(override[..<equals])
        let value = String(override[override.index(after: equals)...])
        guard let node = try Self.parse(value, name: override) else {
            throw RecipeFileError(place: override, key: path, expected: "a value", found: "nothing")
        }
        // The command line may say again what the file says.
        places[path] = nil
        try set(path, node, place: override)
    }

    /// Walks a mapping: `batch: {length: 256}` is `batch.length`.
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
            if RecipeKey.all.contains(where: { $0.path.hasPrefix(full + ".") }) {
                try read(value, path: full)
            } else {
                try set(full, value, place: place(of: key))
            }
        }
    }

    private mutating func set(_ path: String, _ node: Node, place: String) throws(RecipeFileError) {
        guard let key = RecipeKey.named(path) else {
            throw RecipeFileError(place: place, key: path, expected: Self.siblings(of: path), found: "an unknown key")
        }
        guard let value = RecipeValue(node, isText: key.isText) else {
            throw RecipeFileError(place: place, key: path, expected: key.expected, found: node.summary)
        }
        guard places[path] == nil else {
            throw RecipeFileError(place: place, key: path, expected: "each key once", found: "it again")
        }
        places[path] = place
        do {
            try key.set(value, in: &recipe)
        } catch {
            throw located(error)
        }
    }

    private func place(of node: Node) -> String { node.mark.map { "\(name):\($0.line)" } ?? name }

    /// The keys that could have been meant.
    private static func siblings(of path: String) -> String {
        let parent = path.lastIndex(of: ".").map { path[...$0] } ?? ""
        let names = RecipeKey.all.map(\.path).filter { $0.hasPrefix(parent) }.map { path in
            String(path.dropFirst(parent.count).prefix { $0 != "." })
        }
        let known = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map { parent + $1 }
        return known.isEmpty ? "a key of a recipe" : "one of " + known.joined(separator: ", ")
    }

    private static func parse(_ text: String, name: String) throws(RecipeFileError) -> Node? {
        do {
            return try compose(yaml: text)
        } catch let error as YamlError {
            throw RecipeFileError(error, name: name)
        } catch {
            throw RecipeFileError(place: name, key: "", expected: "YAML", found: "\(error)")
        }
    }
}

/// What is wrong in a recipe's file, and where.
struct RecipeFileError: Error, Equatable, CustomStringConvertible {
    /// The file and line, or the argument.
    let place: String
    let key: String
    let expected: String
    let found: String

    var description: String { "\(place): \(key.isEmpty ? "" : key + ": ")expected \(expected), found \(found)" }
}

extension RecipeFileError {
    fileprivate init(_ error: YamlError, name: String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(place: "\(name):\(mark.line)", key: "", expected: "YAML", found: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(
                place: "\(name):\(context.mark.line)", key: duplicates.min() ?? "", expected: "each key once",
                found: "it again")
        default:
            self.init(place: name, key: "", expected: "YAML", found: "\(error)")
        }
    }
}

extension RecipeValue {
    /// The texts of a scalar or a list of scalars; nil for anything else.
    ///
    /// - Parameter isText: whether quoted texts will do; where not, they are ill-typed, as YAML has it.
    fileprivate init?(_ node: Node, isText: Bool) {
        func text(_ node: Node) -> String? {
            guard case .scalar(let scalar) = node, isText || scalar.style == .plain else { return nil }
            return scalar.string
        }
        if case .sequence(let nodes) = node {
            let texts = nodes.compactMap(text)
            guard texts.count == nodes.count else { return nil }
            self = .list(texts)
        } else {
            guard let text = text(node) else { return nil }
            self = .scalar(text)
        }
    }
}

extension Node {
    /// What errors say was found.
    fileprivate var summary: String {
        switch self {
        case .scalar(let scalar): scalar.style == .plain ? scalar.string : "the text \(scalar.string.debugDescription)"
        case .mapping: "keys with values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
