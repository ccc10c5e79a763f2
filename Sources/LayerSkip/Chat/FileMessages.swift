import JinjaTemplates
import TextTokens

/// Messages and tools of files, in the form that chat templates expect.
///
/// In OpenAI's API, the arguments of a tool's call are a text with JSON, and tables of data sets have null for every
/// member that another row has. Templates expect objects, and print what is null.
enum FileMessages {
    /// Reads a list of messages in OpenAI's form or in ``ShareGPT``'s.
    ///
    /// - Parameter place: the list's place in the record, for errors.
    /// - Throws: ``TokenizerError/malformedMessage(place:expected:found:)`` if it is not one.
    static func list(_ value: TemplateValue, place: String = "messages") throws(TokenizerError) -> [ChatMessage] {
        guard case .list(let values) = try ShareGPT.converted(value, place: place) else {
            return try ChatMessage.list(value, place: place)
        }
        return try ChatMessage.list(.list(values.map(\.withToolCalls)), place: place)
    }

    /// Reads the tools and documents of a record. Tools may also be a text with JSON, as in TRL's data sets.
    ///
    /// - Throws: as above.
    static func options(_ record: TemplateValue) throws(TokenizerError) -> ChatOptions {
        try ChatOptions(record.mapMembers { key, value in key == "tools" ? value.parsed.withoutNulls : value })
    }
}

extension TemplateValue {
    /// A message whose calls of tools have arguments that are objects, and nothing that is null.
    fileprivate var withToolCalls: TemplateValue {
        mapMembers { key, value in
            guard key == "tool_calls", case .list(let calls) = value.withoutNulls else { return value }
            return .list(calls.map { $0.mapMembers(Self.parsingArguments) })
        }
    }

    private static func parsingArguments(_ key: String, _ value: TemplateValue) -> TemplateValue {
        switch key {
        case "function": value.mapMembers(parsingArguments)
        case "arguments": value.parsed
        default: value
        }
    }

    /// The object or list in a text with JSON; other values as they are.
    fileprivate var parsed: TemplateValue {
        guard let text, let value = try? TemplateValue(json: Array(text.utf8)) else { return self }
        switch value {
        case .object, .list: return value
        default: return self
        }
    }

    /// The value without members that are null, at any depth.
    fileprivate var withoutNulls: TemplateValue {
        switch self {
        case .object(let members):
            .object(
                members.filter { $0.value != .none }.map { Member(key: $0.key, value: $0.value.withoutNulls) })
        case .list(let list): .list(list.map(\.withoutNulls))
        default: self
        }
    }

    fileprivate func mapMembers(_ transform: (String, TemplateValue) -> TemplateValue) -> TemplateValue {
        guard case .object(let members) = self else { return self }
        return .object(members.map { Member(key: $0.key, value: transform($0.key, $0.value)) })
    }
}
