import CheckpointFiles
import ModelTraining
import Yams

extension RecipeValue {
    /// The texts of a scalar or of a list of scalars; nil for anything else.
    ///
    /// - Parameter isText: whether quoted texts are allowed. Where not, they have the wrong type, as YAML defines it.
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
    /// Whether this is YAML's null, which is no path of that name.
    fileprivate var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(string) }
}

extension Node {
    /// What errors say was found.
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
