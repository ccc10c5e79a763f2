package import CheckpointFiles
import JinjaTemplates
package import TextTokens

/// A conversation in JSON: a list of messages, or an object with `messages` and, optionally, `tools`, `documents` and
/// `system`, the text of a system message before them. Messages are in OpenAI's form or in ``ShareGPT``'s.
package struct ChatRecord: Sendable {
    package let messages: [ChatMessage]
    package let options: ChatOptions
    /// Other keys of the object.
    package private(set) var ignoredKeys: [String] = []
    /// The number of messages at the beginning whose answers are not learned.
    private(set) var promptCount = 0

    /// The keys of a record besides that of its messages.
    static let keys = ["tools", "documents", "system"]

    /// Creates a conversation of messages.
    package init(_ messages: [ChatMessage], options: ChatOptions = ChatOptions()) {
        self.messages = messages
        self.options = options
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
            case .list: self.init(try FileMessages.list(value))
            case .object(let members):
                guard let list = value[messagesKey] else {
                    throw .malformedMessage(
                        place: "conversation", expected: "the key \(messagesKey.quoted)",
                        found: members.isEmpty
                            ? "no key" : "only " + members.prefix(6).map(\.key.quoted).joined(separator: ", "))
                }
                self.init(
                    try Self.system(of: value, before: FileMessages.list(list)),
                    options: try FileMessages.options(value))
                ignoredKeys = members.map(\.key).filter { $0 != messagesKey && !Self.keys.contains($0) }
            default:
                throw .malformedMessage(
                    place: "conversation", expected: "a list of messages, or an object with them", found: value.kind)
            }
        } catch {
            throw FileError(error, file: name)
        }
    }

    /// Reads a prompt with its answer, which are lists of messages, as TRL has them. The answer may also be a text. Of
    /// it, the assistant's messages are learned.
    ///
    /// - Parameters:
    ///   - name: the text's name in errors, such as `chats.jsonl, line 3`.
    ///   - promptKey: the key of the prompt's messages.
    ///   - answerKey: the key of the answer's messages.
    /// - Throws: ``FileError`` if it is not valid JSON, or one of them is missing.
    init(
        pair text: [UInt8], name: String, promptKey: String, answerKey: String, atMost limit: ReadingLimit
    ) throws(FileError) {
        let value = try TemplateValue(json: text, name: name, atMost: limit)
        do throws(TokenizerError) {
            let prompt = try Self.system(
                of: value, before: FileMessages.list(value[promptKey] ?? .none, place: promptKey))
            let answer = value[answerKey] ?? .none
            let answers =
                if let text = answer.text { [ChatMessage(role: .assistant, content: text)] } else {
                    try FileMessages.list(answer, place: answerKey)
                }
            self.init(prompt + answers, options: try FileMessages.options(value))
            promptCount = prompt.count
        } catch {
            throw FileError(error, file: name)
        }
    }

    /// Puts a record's `system` text, if there is one, before its messages.
    private static func system(
        of record: TemplateValue, before messages: [ChatMessage]
    ) throws(TokenizerError) -> [ChatMessage] {
        let system = record["system"] ?? .none
        guard system != .none, system != .text("") else { return messages }
        guard let text = system.text, messages.first?.role != .system else {
            throw .malformedMessage(
                place: "system", expected: "a text, if the first message is not of the role \"system\"",
                found: system.text == nil ? system.kind : "both")
        }
        return [ChatMessage(role: .system, content: text)] + messages
    }
}
