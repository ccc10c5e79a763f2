import LanguageModels
import TensorCore
public import TextTokens

extension TextModel {
    /// Continues a text, as an asynchronous sequence of its pieces.
    ///
    /// Encoding and decoding start at once, on a thread of their own. They end early when the loop over the pieces
    /// ends, when the task that iterates or waits for the result is cancelled, or when the sequence is deallocated.
    /// Without ``GenerationOptions/maxTokens``, the text ends where the model ends it or its context is full.
    ///
    /// The sequence and its result throw ``GenerationError`` or ``ExitLayerError`` if the prompt does not fit into the
    /// context or an option is out of range, ``MemoryError``, and ``ThreadLimitError``.
    public func generate(_ prompt: String, options: GenerationOptions = GenerationOptions()) -> TextGeneration {
        generation(options) { try encode(prompt: prompt) }
    }

    /// Answers a conversation, as an asynchronous sequence of the answer's pieces. A ``ChatSession`` keeps the
    /// conversation and its cache from one message to the next.
    ///
    /// - Parameters:
    ///   - messages: the conversation.
    ///   - chat: tools, documents and other values for the chat template.
    ///   - template: the chat template; nil for the model's own.
    ///   - options: options for the answer.
    /// - Throws: ``CheckpointError`` if the model has no chat template, or it does not accept the conversation;
    ///   ``GenerationError`` if the conversation's text cannot fit into the context.
    public func generate(
        _ messages: [ChatMessage], chat: ChatOptions = ChatOptions(), template: ChatTemplate? = nil,
        options: GenerationOptions = GenerationOptions()
    ) throws -> TextGeneration {
        generate(try encode(messages, options: chat, template: template), options: options)
    }

    /// Continues a sequence of token ids, as an asynchronous sequence of pieces of text.
    public func generate(_ prompt: [Token], options: GenerationOptions = GenerationOptions()) -> TextGeneration {
        generation(options) { prompt }
    }

    private func generation(
        _ options: GenerationOptions, of prompt: @escaping @Sendable () throws -> [Token]
    ) -> TextGeneration {
        TextGeneration(start: SystemThread.start) { report, isCancelled in
            let prompt = try prompt()
            let session = try TextSession(self, options: options.fitted(to: prompt.count, of: self))
            return try session.generate(prompt, onEvent: report, isCancelled: isCancelled)
        }
    }
}
