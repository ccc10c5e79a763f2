public import JinjaTemplates

/// What a chat template reads besides the messages.
///
/// ```swift
/// var options = ChatOptions()
/// options.values["enable_thinking"] = false
/// ```
public struct ChatOptions: Hashable, Sendable {
    /// The tools that the model may call, as in OpenAI's API; nil for none.
    public var tools: [TemplateValue]?
    /// Documents that the answer should use, each an object such as `{"title": "...", "text": "..."}`; nil for none.
    public var documents: [TemplateValue]?
    /// Further variables of the template, by name, such as `enable_thinking`.
    public var values: [String: TemplateValue] = [:]
    /// The local time that templates write; nil for the current time.
    package var now: TemplateDate?

    /// Creates options without tools, documents and values.
    public init() {}
}

extension ChatOptions {
    /// Creates options from a file's object, which may have `tools` and `documents`.
    ///
    /// - Throws: ``TokenizerError/malformedMessage(place:expected:found:)`` if one of them is not a list of objects.
    package init(_ value: TemplateValue) throws(TokenizerError) {
        tools = try Self.objects(value["tools"], place: "tools")
        documents = try Self.objects(value["documents"], place: "documents")
    }

    /// A list of objects; nil for no value.
    ///
    /// - Throws: as above.
    package static func objects(
        _ value: TemplateValue?, place: String
    ) throws(TokenizerError) -> [TemplateValue]? {
        guard let value, value != .none else { return nil }
        guard case .list(let list) = value else {
            throw .malformedMessage(place: place, expected: "a list of objects", found: value.kind)
        }
        for (index, element) in list.enumerated() {
            guard case .object = element else {
                throw .malformedMessage(place: "\(place)[\(index)]", expected: "an object", found: element.kind)
            }
        }
        return list
    }
}
