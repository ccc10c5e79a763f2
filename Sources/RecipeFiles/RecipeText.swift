import CheckpointFiles
import Yams

/// The YAML document of a recipe, as a tree of nodes without anchors, aliases and tags.
///
/// Recipes do not need these three. Without aliases a tree is never larger than its text. With aliases, forty lines can
/// represent 2^40 nodes, and Yams visits all of them to hash a mapping used as a key.
struct RecipeText {
    /// The root node; nil if the text has only comments.
    let root: Node?

    /// Parses a text.
    ///
    /// - Parameters:
    ///   - text: YAML; it may begin with a byte order mark (YAML 1.2.2, section 5.2) and have any line ends.
    ///   - name: the text's name in errors.
    /// - Throws: ``RecipeFileError`` with the line, if the text is too long, is not YAML, has several documents, or
    ///   contains a duplicate key, a key that is not a scalar, an anchor, an alias or a tag.
    init(_ text: String, name: String) throws(RecipeFileError) {
        let limit = ReadingLimit.recipe.byteCount
        guard text.utf8.count <= limit else {
            throw RecipeFileError(
                place: name, key: "", expected: "at most \(limit) bytes", found: "\(text.utf8.count)")
        }
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        // Yams expands aliases while parsing, so a text with both anchors and aliases must not reach it. With each *
        // replaced by a letter, the text parses identically up to its first alias. If this first parse finds no anchor,
        // the first alias is undefined, which Yams reports at once.
        if text.utf8.contains(UInt8(ascii: "*")) {
            _ = try Self.compose(text.replacing("*", with: "\u{E000}"), name: name)
        }
        root = try Self.compose(text, name: name)
    }

    private static func compose(_ text: String, name: String) throws(RecipeFileError) -> Node? {
        do {
            // Nodes hold their anchors weakly, so the parser must stay alive. The basic resolver leaves types to the
            // keys.
            let parser = try Parser(yaml: text, resolver: .basic)
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else { return nil }
                try check(root, isKey: false, name: name)
                return root
            }
        } catch let error as YamlError {
            throw RecipeFileError(error, in: text, name: name)
        } catch let error as RecipeFileError {
            throw error
        } catch {
            throw RecipeFileError(place: name, key: "", expected: "YAML", found: "\(error)".quoted)
        }
    }

    private static func check(_ node: Node, isKey: Bool, name: String) throws(RecipeFileError) {
        let place = node.mark.map { "\(name):\($0.line)" } ?? name
        if let anchor = node.anchor {
            throw RecipeFileError(
                place: place, key: "", expected: "no YAML anchors", found: "&\(anchor.rawValue)".inMessage)
        }
        if let tag = node.explicitTag(isKey: isKey) {
            throw RecipeFileError(place: place, key: "", expected: "no YAML tags", found: tag.inMessage)
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard case .scalar = key else {
                    throw RecipeFileError(
                        place: key.mark.map { "\(name):\($0.line)" } ?? name, key: "", expected: "a key",
                        found: key.summary)
                }
                try check(key, isKey: true, name: name)
                try check(value, isKey: false, name: name)
            }
        case .sequence(let sequence):
            for element in sequence { try check(element, isKey: false, name: name) }
        case .scalar, .alias: break
        }
    }
}

extension Node {
    /// The tag that the text gives this node; nil if there is none.
    ///
    /// - Parameter isKey: whether the node is a key; the parser gives keys an implicit tag when it checks for
    ///   duplicates.
    fileprivate func explicitTag(isKey: Bool) -> String? {
        let (tag, isImplied) =
            switch self {
            case .scalar(let scalar):
                (scalar.tag, scalar.tag.rawValue == Self.text && (isKey || scalar.style != .plain))
            case .mapping(let mapping): (mapping.tag, false)
            case .sequence(let sequence): (sequence.tag, false)
            case .alias(let alias): (alias.tag, false)
            }
        return isImplied || tag.rawValue.isEmpty ? nil : tag.rawValue
    }

    private static let text = "tag:yaml.org,2002:str"
}
