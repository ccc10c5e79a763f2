/// A value in a recipe, as text.
public enum RecipeValue: Sendable, Equatable, Codable, CustomStringConvertible {
    case scalar(String)
    case list([String])

    public var description: String {
        switch self {
        case .scalar(let text): text
        case .list(let texts): "[\(texts.joined(separator: ", "))]"
        }
    }

    /// Reads a JSON string or a list of strings.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .scalar(text)
        } else {
            self = .list(try container.decode([String].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .scalar(let text): try container.encode(text)
        case .list(let texts): try container.encode(texts)
        }
    }
}

extension RecipeValue {
    /// The texts of a list, or the one text.
    var texts: [String] {
        switch self {
        case .scalar(let text): [text]
        case .list(let texts): texts
        }
    }
}
