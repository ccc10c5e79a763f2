extension TemplateValue {
    /// The value of an object's member; nil if this is not an object, or has no such member.
    public subscript(key: String) -> TemplateValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text; nil if this is not a text.
    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// What kind of value this is, for errors.
    package var kind: String {
        switch self {
        case .none: "null"
        case .bool: "true or false"
        case .integer, .largeInteger, .number: "a number"
        case .text: "a string"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
