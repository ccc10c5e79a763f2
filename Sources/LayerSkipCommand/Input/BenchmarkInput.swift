import LayerSkip

/// What a benchmark writes: continuations of prompts, or texts that are replayed.
enum BenchmarkInput: ~Copyable {
    case prompts(PromptFile)
    case replay(ReplayFile)

    /// Reads the texts.
    ///
    /// - Parameter maxTokens: the most tokens to replay in each text.
    func texts(for model: TextModel, maxTokens: Int) throws -> [BenchmarkText] {
        switch self {
        case .prompts(let file): try file.tokens(for: model).map { BenchmarkText(prompt: $0) }
        case .replay(let file): try file.texts(for: model, maxTokens: maxTokens)
        }
    }
}
