public import LanguageModels

/// A text that a benchmark writes: a prompt that the model continues, or one with a given continuation to replay.
public struct BenchmarkText: Sendable, Equatable {
    /// The prompt.
    public let prompt: [Token]
    /// The tokens that are taken after the prompt in place of those that the model chooses; nil if it chooses.
    public let replayed: [Token]?

    /// Creates a text that the model continues.
    public init(prompt: [Token]) {
        self.prompt = prompt
        replayed = nil
    }
}

extension BenchmarkText {
    /// The most tokens of a replayed text that are its prompt.
    public static let promptLength = 64

    /// Creates a text that is replayed from the beginning of a given one. Its first ``promptLength`` tokens are the
    /// prompt, and the next `maxTokens` are replayed. A text that has fewer gets a shorter prompt, but not less than
    /// half of it.
    ///
    /// - Parameters:
    ///   - text: the given text.
    ///   - maxTokens: the most tokens to replay, at least 1.
    ///   - contextLength: the most tokens of prompt and replayed text.
    ///   - beginning: tokens to put before the prompt, such as one for the beginning of a text.
    /// - Returns: nil if the text has fewer than 2 tokens.
    public init?(
        replaying text: ArraySlice<Token>, maxTokens: Int, contextLength: Int, after beginning: [Token] = []
    ) {
        let fitting = text.prefix(max(0, contextLength - beginning.count))
        guard fitting.count >= 2 else { return nil }
        let promptLength = min(Self.promptLength, max(fitting.count / 2, fitting.count - maxTokens))
        prompt = beginning + fitting.prefix(promptLength)
        replayed = Array(fitting.dropFirst(promptLength).prefix(maxTokens))
    }

    /// Divides a given text into consecutive ones that are replayed, each with a prompt of its own. A single last token
    /// is left out.
    public static func replays(
        of text: [Token], maxTokens: Int, contextLength: Int, after beginning: [Token] = []
    ) -> [BenchmarkText] {
        var texts: [BenchmarkText] = []
        var rest = text[...]
        while let next = BenchmarkText(
            replaying: rest, maxTokens: maxTokens, contextLength: contextLength, after: beginning)
        {
            texts.append(next)
            rest = rest.dropFirst(next.prompt.count - beginning.count + (next.replayed?.count ?? 0))
        }
        return texts
    }
}
