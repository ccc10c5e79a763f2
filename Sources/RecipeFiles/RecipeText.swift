import CheckpointFiles
import Yams

/// The YAML document of a recipe, as a tree of nodes without anchors, aliases and tags.
///
/// A recipe has no use for these three. Without aliases, a tree is never larger than its text: with them, forty lines
/// can stand for 2^40 nodes, all of which Yams visits to hash a mapping that is a key.
struct RecipeText {
    /// What the text holds; nil where it holds nothing but comments.
    let root: Node?

    /// Parses a text.
    ///
    /// - Parameters:
    ///   - text: may begin with a byte order mark (YAML 1.2.2, section 5.2), and have any line ends.
    ///   - name: what errors call the text.
    /// - Throws: ``RecipeFileError`` with the line, if the text is too long, is no YAML, has several documents, a key
    ///   twice, a key that is no scalar, an anchor, an alias or a tag.
    init(_ text: String, name: String) throws(RecipeFileError) {
        let limit = ReadingLimit.recipe.byteCount
        guard text.utf8.count <= limit else {
            throw RecipeFileError(
                place: name, key: "", expected: "at most \(limit) bytes", found: "\(text.utf8.count)")
        }
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        // Yams follows aliases while it parses, so they must not reach it where an anchor gives them a meaning. With
        // each * replaced by a letter, a text parses in the same way up to its first alias. If no anchor is found in
        // it, the first alias is undefined, which is an error at once.
        if text.utf8.contains(UInt8(ascii: "*")) {
            _ = try Self.compose(text.replacing("*", with: "\u{E000}"), name: name)
        }
        root = try Self.compose(text, name: name)
    }

    private static func compose(_ text: String, name: String) throws(RecipeFileError) -> Node? {
        do {
            // Nodes refer to their anchors weakly; the parser keeps them. The basic resolver leaves types to the keys.
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
    /// The tag that the text gives this node; nil where there is none.
    ///
    /// - Parameter isKey: whether the parser has looked for it among other keys, which has given it an implicit tag.
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
