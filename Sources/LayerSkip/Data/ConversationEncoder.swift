import CheckpointFiles
import LanguageModels
import TextTokens

/// An encoder that turns the conversations of a corpus into tokens, with a chat template.
struct ConversationEncoder: Sendable {
    private let tokenizer: Tokenizer
    /// The templates for conversations without and with tools, or the reasons why there are none.
    private let plain: Result<ChatTemplate, CheckpointError>
    private let withTools: Result<ChatTemplate, CheckpointError>
    /// Whether there is a template at all, even one that cannot be used.
    let hasTemplate: Bool

    /// Where the templates are, if no other one is given.
    enum Source {
        case none
        /// In the tokenizer's file or folder.
        case tokenizer(path: String)
        /// In an opened model.
        case model(StoredChatTemplates, path: String)

        /// The path for errors.
        var path: String {
            switch self {
            case .none: "tokenizer"
            case .tokenizer(let path), .model(_, let path): path
            }
        }

        /// What to do if there is no template. A model was not chosen as a tokenizer is, but is the default.
        var advice: String {
            switch self {
            case .none, .tokenizer:
                "pass a file with --chat-template, or the tokenizer of an instruct model that has one"
            case .model:
                "pass the instruct model that will be trained with --tokenizer, or a template's file with "
                    + "--chat-template"
            }
        }

        /// Reads the templates.
        ///
        /// - Throws: ``CheckpointError`` if a file cannot be read.
        func read() throws(CheckpointError) -> StoredChatTemplates {
            switch self {
            case .none: StoredChatTemplates()
            case .tokenizer(let path): try StoredChatTemplates(nextTo: path)
            case .model(let stored, _): stored
            }
        }
    }

    /// Creates an encoder.
    ///
    /// - Parameters:
    ///   - template: the template; nil for those of the source.
    ///   - source: where other templates are.
    init(_ tokenizer: Tokenizer, template: ChatTemplate?, source: Source) {
        self.tokenizer = tokenizer
        let stored = Result { () throws(CheckpointError) in try source.read() }
        func result(hasTools: Bool) -> Result<ChatTemplate, CheckpointError> {
            if let template { return .success(template) }
            return Result { () throws(CheckpointError) in
                try stored.get().template(hasTools: hasTools, file: source.path, advice: source.advice)
            }
        }
        hasTemplate = template != nil || (try? stored.get().texts.isEmpty) != true
        plain = result(hasTools: false)
        withTools = result(hasTools: true)
    }

    /// A conversation, or a part of it that ends with an answer, in tokens.
    struct Answered {
        let tokens: [Token]
        /// Whether each token is part of an answer.
        let isAnswer: [Bool]
        /// Whether the text ends with an answer that no special token ends, so that only end-of-text can end it.
        let isOpen: Bool
    }

    /// Encodes a conversation as the template writes it, without the start of another answer.
    ///
    /// - Parameter name: the conversation's file and line, for errors.
    /// - Returns: the texts in tokens, usually one, none without an answer; and which of the record's tools and
    ///   documents the template does not read.
    /// - Throws: ``FileError`` if there is no template, or it does not accept the conversation.
    func encode(_ record: ChatRecord, name: String) throws(FileError) -> (texts: [Answered], unread: [String]) {
        do {
            let template = try (record.options.tools == nil ? plain : withTools).get()
            let texts = try template.answeredTexts(
                record.messages, promptCount: record.promptCount, options: record.options, name: name)
            let answered = try texts.map { text throws(TokenizerError) in
                let (tokens, isAnswer) = try tokenizer.encode(text)
                let answer = zip(tokens, isAnswer).reversed().prefix(while: \.1).map(\.0)
                let isEnded = answer.contains { tokenizer.isSpecial($0) || tokenizer.endsAnswerByText($0) }
                return Answered(tokens: tokens, isAnswer: isAnswer, isOpen: !answer.isEmpty && !isEnded)
            }
            return (answered, template.unread(of: record.options))
        } catch let error as TokenizerError {
            throw FileError(error, file: name)
        } catch let error as CheckpointError {
            // A missing or malformed template is an error of the tokenizer's file.
            throw FileError(
                file: name, name: error.file == name ? error.name : "\(error.file): \(error.name)",
                expected: error.expected, found: error.found)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
