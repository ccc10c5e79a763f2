import LanguageModels
import TensorCore
public import TextTokens

extension TextModel {
    /// Continues a text, as an asynchronous sequence of its pieces.
    ///
    /// Decoding starts at once, on its own thread. It ends early when the loop over the pieces ends, when the task that
    /// iterates or waits for the result is cancelled, or when the sequence is deallocated.
    public func generate(_ prompt: String, options: GenerationOptions = GenerationOptions()) -> TextGeneration {
        generate(tokenizer.encode(prompt: prompt), options: options)
    }

    /// Answers a conversation, as an asynchronous sequence of the answer's pieces. A ``ChatSession`` keeps the
    /// conversation and its cache from one message to the next.
    ///
    /// - Throws: if the model has no known chat template.
    public func generate(
        _ messages: [ChatMessage], options: GenerationOptions = GenerationOptions()
    ) throws -> TextGeneration {
        generate(try encode(messages), options: options)
    }

    /// Continues a sequence of token ids, as an asynchronous sequence of pieces of text.
    public func generate(_ prompt: [Token], options: GenerationOptions = GenerationOptions()) -> TextGeneration {
        TextGeneration(start: SystemThread.start) { report, isCancelled in
            let session = try TextSession(self, options: options)
            return try session.generate(prompt, onEvent: report, isCancelled: isCancelled)
        }
    }

    /// Encodes a conversation in the format that the model was trained on, up to the beginning of its answer.
    ///
    /// - Throws: if the model has no known chat template, or no tokens for it.
    public func encode(_ messages: [ChatMessage]) throws -> [Token] {
        let segments = try chatTemplate().segments(messages, addingGenerationPrompt: true)
        return try inFile(summary.path) { () throws(TokenizerError) in try tokenizer.encode(segments) }
    }
}

extension SystemThread {
    /// Runs a job on a new thread; false where the system allows none.
    static func start(_ job: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = SystemThread(job) else { return false }
        thread.detach()
        return true
    }
}
