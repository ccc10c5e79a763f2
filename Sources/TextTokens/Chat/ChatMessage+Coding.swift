import JinjaTemplates

/// Messages are coded as the objects of OpenAI's API: `{"role": "user", "content": "Hello"}`.
///
/// `JSONDecoder` does not tell the order of an object's members. Members within a field, such as the parameters of a
/// tool's call, are therefore sorted by key.
extension ChatMessage: Codable {
    public init(from decoder: any Decoder) throws {
        do {
            try self.init(TemplateValue(from: decoder))
        } catch let error as TokenizerError {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "\(error)"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        let role = TemplateValue.Member(key: "role", value: .text(role.rawValue))
        try TemplateValue.object([role] + fields).encode(to: encoder)
    }
}
