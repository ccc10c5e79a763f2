import CheckpointFiles
import ModelTraining
import Yams

extension RecipeValue {
    /// Creates a value from a scalar or a list of scalars; nil for any other node.
    ///
    /// - Parameter isText: whether quoted texts are allowed. If not, they have the wrong type by YAML's rules.
    init?(_ node: Node, isText: Bool) {
        func text(_ node: Node) -> String? {
            guard case .scalar(let scalar) = node, isText || scalar.style == .plain, !scalar.isNull else { return nil }
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

extension Node.Scalar {
    /// Whether this is YAML's null, as opposed to a path with that name.
    fileprivate var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(string) }
}

extension Node {
    /// A description of the node for errors.
    var summary: String {
        switch self {
        case .scalar(let scalar) where scalar.isNull: scalar.string.isEmpty ? "nothing" : "nothing (\(scalar.string))"
        case .scalar(let scalar): scalar.style == .plain ? scalar.string.inMessage : "the text \(scalar.string.quoted)"
        case .mapping: "keys with values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
