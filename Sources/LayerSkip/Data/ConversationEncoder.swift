import CheckpointFiles
import LanguageModels
import TextTokens

/// An encoder that turns the conversations of a corpus into tokens, with a chat template.
struct ConversationEncoder: Sendable {
    private let tokenizer: Tokenizer
    /// The templates for conversations without and with tools, or the reasons why there are none.
    private let plain: Result<ChatTemplate, CheckpointError>
    private let withTools: Result<ChatTemplate, CheckpointError>

    /// Creates an encoder.
    ///
    /// - Parameters:
    ///   - template: the template; nil for those of the tokenizer's file or folder.
    ///   - path: the path of the tokenizer's file or folder; nil for none.
    init(_ tokenizer: Tokenizer, template: ChatTemplate?, path: String?) {
        self.tokenizer = tokenizer
        func result(hasTools: Bool) -> Result<ChatTemplate, CheckpointError> {
            Result { () throws(CheckpointError) in
                if let template { return template }
                let stored = try path.map(StoredChatTemplates.init(nextTo:)) ?? StoredChatTemplates()
                return try stored.template(hasTools: hasTools, file: path ?? "tokenizer")
            }
        }
        plain = result(hasTools: false)
        withTools = result(hasTools: true)
    }

    /// Encodes a conversation as the template writes it, without the start of another answer.
    ///
    /// - Parameter name: the conversation's file and line, for errors.
    /// - Throws: ``FileError`` if there is no template, or it does not accept the conversation.
    func encode(_ record: ChatRecord, name: String) throws(FileError) -> [Token] {
        let segments: [TextSegment]
        do {
            let template = try (record.options.tools == nil ? plain : withTools).get()
            segments = try template.segments(
                record.messages, addingGenerationPrompt: false, options: record.options)
        } catch let error as TokenizerError {
            throw FileError(error, file: name)
        } catch let error as CheckpointError {
            throw FileError(file: error.file, name: error.name, expected: error.expected, found: error.found)
        } catch {
            preconditionFailure("\(error)")
        }
        return tokenizer.encode(segments)
    }
}
