import JinjaTemplates

/// Messages are coded as the objects of OpenAI's API: `{"role": "user", "content": "Hello"}`.
///
/// `JSONDecoder` does not tell the order of an object's members. The role and the content therefore come first; other
/// fields, and members within them, such as the arguments of a tool's call, are sorted by key.
extension ChatMessage: Codable {
    public init(from decoder: any Decoder) throws {
        do {
            try self.init(TemplateValue(from: decoder))
            let first = ["role", "content"]
            fields =
                first.compactMap { key in fields.first { $0.key == key } } + fields.filter { !first.contains($0.key) }
        } catch let error as TokenizerError {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "\(error)"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try TemplateValue.object(fields).encode(to: encoder)
    }
}
