/// A parsed JSON value. Objects keep the order of their members, and all members of the same name.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([Member])

    struct Member: Sendable {
        let key: String
        let value: JSONValue
    }

    /// The value's kind, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): Int(exactly: value).map { "the number \($0)" } ?? "the number \(value)"
        case .text: "a string"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
