package import CheckpointFiles
import JinjaTemplates
package import TextTokens

/// A conversation in JSON: a list of messages, or an object with `messages` and, optionally, `tools` and `documents`.
/// Messages are in OpenAI's form or in ``ShareGPT``'s.
package struct ChatRecord: Sendable {
    package let messages: [ChatMessage]
    package let options: ChatOptions
    /// Other keys of the object.
    package let ignoredKeys: [String]

    /// The keys of a record besides that of its messages.
    static let keys = ["tools", "documents"]

    /// Creates a conversation.
    init(messages: [ChatMessage]) {
        self.messages = messages
        options = ChatOptions()
        ignoredKeys = []
    }

    /// Creates a conversation of messages.
    package init(_ messages: [ChatMessage], options: ChatOptions = ChatOptions()) {
        self.messages = messages
        self.options = options
        ignoredKeys = []
    }

    /// The same conversation before its last message.
    var withoutLastMessage: ChatRecord { ChatRecord(messages.dropLast(), options: options) }

    /// Reads a conversation.
    ///
    /// - Parameters:
    ///   - name: the text's name in errors, such as `chats.jsonl, line 3`.
    ///   - messagesKey: the key of the list of messages.
    /// - Throws: ``FileError`` if it is not valid JSON or not a conversation.
    package init(
        json text: [UInt8], name: String, messagesKey: String = "messages", atMost limit: ReadingLimit
    ) throws(FileError) {
        let value = try TemplateValue(json: text, name: name, atMost: limit)
        do throws(TokenizerError) {
            switch value {
            case .list:
                messages = try ChatMessage.list(ShareGPT.converted(value))
                options = ChatOptions()
                ignoredKeys = []
            case .object(let members):
                guard let list = value[messagesKey] else {
                    throw .malformedMessage(
                        place: "conversation", expected: "the key \(messagesKey.quoted)",
                        found: members.isEmpty
                            ? "no key" : "only " + members.prefix(6).map(\.key.quoted).joined(separator: ", "))
                }
                messages = try ChatMessage.list(ShareGPT.converted(list))
                options = try ChatOptions(value)
                ignoredKeys = members.map(\.key).filter { $0 != messagesKey && !Self.keys.contains($0) }
            default:
                throw .malformedMessage(
                    place: "conversation", expected: "a list of messages, or an object with them", found: value.kind)
            }
        } catch {
            throw FileError(error, file: name)
        }
    }
}
