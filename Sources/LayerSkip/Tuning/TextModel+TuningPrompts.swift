public import LanguageModels
import TextTokens
import TokenDecoding

extension TextModel {
    /// Prompts of several kinds, for a tuning without prompts of its own: messages if the model has a chat template,
    /// otherwise beginnings of texts. Those that do not fit into the model's context are left out.
    ///
    /// - Throws: ``CheckpointError`` if the chat template does not accept a message; ``GenerationError`` if no prompt
    ///   fits.
    public func tuningPrompts() throws -> [[Token]] {
        let hasTemplate = summary.chatTemplates["default"] != nil
        let prompts = try (hasTemplate ? Self.messages : Self.beginnings).compactMap { text -> [Token]? in
            do {
                let prompt =
                    hasTemplate
                    ? try encode([ChatMessage(role: .user, content: text)]) : try encode(prompt: text)
                try checkPrompt(prompt)
                return prompt
            } catch is GenerationError {
                return nil
            }
        }
        guard !prompts.isEmpty else {
            throw GenerationError.invalidOption(
                name: "prompts", expected: "some that fit into the model's context of \(shape.contextLength) tokens",
                found: "only longer ones among those that are built in; pass prompts of your own (--prompts)")
        }
        return prompts
    }

    private static let messages = [
        "Write a short story about a fox who learns to swim.",
        "Why is the sky blue?",
        "Translate into French: The train leaves at seven, and we should be at the station ten minutes earlier.",
        "Write a Python function that checks whether a word is a palindrome.",
        "Rename the variable `total` to `sum`. Answer with the whole code.\n\ndef average(values):\n    total = 0\n"
            + "    for value in values:\n        total += value\n    return total / len(values)\n",
        "Summarize in one sentence: The old mill was built in 1742 by a family of weavers. For a hundred years it "
            + "ground the corn of three villages. Today it is a museum, and its wheel turns only on Sundays.",
        "List the planets of the solar system, one per line.",
        "Explain how a bicycle stays upright.",
    ]

    private static let beginnings = [
        "struct Queue<Element> {",
        "/// Returns the greatest common divisor of two integers.\nfunc greatestCommonDivisor(",
        "import Foundation\n\n/// Reads the settings of a program from a file.\npublic final class",
        "    @Test func emptyInputIsRejected() throws {",
        "extension Array where Element: Comparable {",
        "def average(values):",
        "Once upon a time, there was a fox who",
        "The history of the city begins",
    ]
}
