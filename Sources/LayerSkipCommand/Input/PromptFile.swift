import LayerSkip

/// Prompts in JSON Lines: each line is an object with a string `prompt`.
struct PromptFile: ~Copyable {
    private let input: TextInput

    /// Opens a file; "-" is standard input.
    init(path: String) throws { input = try TextInput(path) }

    /// Reads the prompts, line by line.
    ///
    /// - Throws: if a line is not such an object, a prompt does not fit into the model's context, or there is none.
    func tokens(for model: TextModel) throws -> [[Token]] {
        let lines = TextLines(
            keys: ["prompt"],
            // A byte may be written as an escape of six bytes, and the object may have other keys.
            limit: ReadingLimit(byteCount: 6 * model.longestPrompt + (1 << 16)),
            longerLine: "a longer line than any prompt for the model's context of \(model.model.contextLength) tokens")
        var prompts: [[Token]] = []
        var texts: [String] = []
        try lines.read(input) { prompt, name in
            let tokens = try inText(name) {
                let tokens = try model.encode(prompt: prompt)
                try model.checkPrompt(tokens)
                return tokens
            }
            prompts.append(tokens)
            texts.append(prompt)
        }
        Output.note(lossIn: texts, model.tokenizer)
        guard !prompts.isEmpty else {
            throw InputError(name: input.name, expected: "at least one prompt", found: "none")
        }
        return prompts
    }
}
