import CheckpointFiles
import LanguageModels
import ModelTraining
import TextTokens
import TokenDecoding

/// Texts that a model in training writes: greedy, without drafts. They continue the recipe's prompts, or answer its
/// messages.
struct SampleTexts: Sendable {
    private struct Prompt: Sendable {
        /// What the report shows before the model's text.
        let text: String
        let tokens: [Token]
    }

    private let tokenizer: Tokenizer
    private let prompts: [Prompt]
    private let limit: Int

    /// Encodes the prompts and messages.
    ///
    /// - Parameters:
    ///   - contextLength: the model's context, in which a prompt and at least one token must fit.
    ///   - templates: the chat templates of the model.
    ///   - file: the path of the model or tokenizer, for errors.
    /// - Throws: ``RecipeError`` if a prompt is too long or a conversation is malformed; ``CheckpointError`` if there is
    ///   no chat template for a message, or it does not accept a conversation.
    init(
        _ samples: TrainingRecipe.Samples, _ definition: TokenizerDefinition, contextLength: Int,
        templates: StoredChatTemplates, file: String
    ) throws {
        let tokenizer = try Tokenizer(definition)
        func prompt(_ text: String, _ tokens: [Token], key: String) throws(RecipeError) -> Prompt {
            guard (1..<contextLength).contains(tokens.count) else {
                throw RecipeError(
                    key: key,
                    expected: "texts of 1 to \(contextLength - 1) tokens, since the model's context has "
                        + "\(contextLength)",
                    found: "\(tokens.count.counted("token")) for \(String(text.prefix(40)).quoted)")
            }
            return Prompt(text: text, tokens: tokens)
        }
        prompts =
            try samples.prompts.map { try prompt($0, tokenizer.encode(prompt: $0), key: "samples.prompts") }
            + samples.messages.map {
                let record = try Self.conversation($0)
                guard let template = try? templates.template(hasTools: record.options.tools != nil, file: file) else {
                    throw RecipeError(
                        key: Self.messagesKey, expected: "a model with a chat template, found next to \(file)",
                        found: "no template that can be used; give texts in samples.prompts instead")
                }
                let segments = try template.segments(
                    record.messages, addingGenerationPrompt: true, options: record.options, file: Self.messagesKey)
                let shown = record.messages.map(\.content).joined(separator: "\n") + "\n"
                return try prompt(shown, tokenizer.encode(segments), key: Self.messagesKey)
            }
        self.tokenizer = tokenizer
        limit = samples.tokens
    }

    private static let messagesKey = "samples.messages"

    /// Reads a user's message, or a conversation in JSON.
    private static func conversation(_ text: String) throws(RecipeError) -> ChatRecord {
        let record: ChatRecord
        // A user's message may begin with a bracket, but hardly with those of an object or a list of objects.
        let start = text.filter { !$0.isWhitespace }.prefix(2)
        if ["[{", "[]", "{\""].contains(start) {
            do throws(FileError) {
                record = try ChatRecord(json: Array(text.utf8), name: messagesKey, atMost: .recipe)
            } catch {
                let expected = [error.name, error.expected].filter { !$0.isEmpty }.joined(separator: ": ")
                throw RecipeError(key: messagesKey, expected: expected, found: error.found)
            }
        } else {
            record = ChatRecord([ChatMessage(role: .user, content: text)])
        }
        guard record.messages.last?.role != .assistant else {
            throw RecipeError(
                key: messagesKey, expected: "a last message that the model can answer", found: "one of the assistant")
        }
        return record
    }

    /// Continues each prompt, up to a token that ends texts; returns nil if `shouldStop` returned true.
    @Sendable func write(_ model: LoadedModel, _ shouldStop: () -> Bool) throws -> [TextSample]? {
        var samples: [TextSample] = []
        for prompt in prompts {
            if shouldStop() { return nil }
            samples.append(TextSample(prompt: prompt.text, text: try continuation(of: prompt.tokens, model)))
        }
        return samples
    }

    private func continuation(of ids: [Token], _ model: LoadedModel) throws -> String {
        let ends = tokenizer.endOfTextTokens
        var generator = try Generator(
            model, drafter: NoDrafter(), context: min(model.contextLength, ids.count + limit))
        _ = try generator.write(
            after: ids, limit: limit,
            each: { round in round.tokens.contains(where: ends.contains) ? round.tokens.count : nil })
        let written = generator.tokens.dropFirst(ids.count).prefix { !ends.contains($0) }
        return String(decoding: written.flatMap(tokenizer.bytes), as: UTF8.self)
    }
}
