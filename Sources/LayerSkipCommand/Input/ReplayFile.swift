import LayerSkip

/// A file of texts to replay: JSON Lines with one text per line, or plain text, which is cut into consecutive texts.
enum ReplayFile: ~Copyable {
    case lines(TextInput)
    case text(String, name: String)

    /// Opens a file, which is JSON Lines if its name says so; "-" is plain text on standard input.
    init(path: String) throws {
        self =
            JSONLines.isName(of: path)
            ? .lines(try TextInput(path))
            : .text(try TextInput.read(path, atMost: .text), name: TextInput.name(of: path))
    }

    /// Reads the texts, and says on standard error how many they are.
    ///
    /// - Parameter maxTokens: the most tokens to replay in each text.
    /// - Throws: if there is no text, one is too short, or a line is not an object with a text.
    func texts(for model: TextModel, maxTokens: Int) throws -> [BenchmarkText] {
        let beginning = try model.encode(prompt: "")
        let context = model.shape.contextLength
        var texts: [BenchmarkText] = []
        var sources: [String] = []
        switch self {
        case .lines(let input):
            let lines = TextLines(
                keys: ["prompt", "text"], limit: .text, longerLine: "more than \(ReadingLimit.text.byteCount) bytes")
            try lines.read(input) { source, name in
                let tokens = try encode(source, for: model)
                let text = BenchmarkText(
                    replaying: tokens[...], maxTokens: maxTokens, contextLength: context, after: beginning)
                guard let text else { throw Self.tooShort(name, tokens) }
                texts.append(text)
                sources.append(source)
            }
            guard !texts.isEmpty else {
                throw InputError(name: input.name, expected: "at least one text", found: "none")
            }
        case .text(let source, let name):
            let tokens = try encode(source, for: model)
            texts = BenchmarkText.replays(
                of: tokens, maxTokens: maxTokens, contextLength: context, after: beginning)
            guard !texts.isEmpty else { throw Self.tooShort(name, tokens) }
            sources = [source]
        }
        Output.note(lossIn: sources, model.tokenizer)
        let count = texts.reduce(0) { $0 + ($1.replayed?.count ?? 0) }
        Output.note("replaying \(texts.count.counted("text")) with \(count.counted("token")) after their prompts")
        return texts
    }

    /// The file's text is no prompt, so it has no token at its beginning: each text that is cut from it gets one.
    private func encode(_ text: String, for model: TextModel) throws -> [Token] {
        let tokens = try model.tokenizer.encode(Array(text.utf8), addingSpecialTokens: false) { _ in
            !Interruption.isRequested
        }
        guard let tokens else { throw InterruptedError() }
        return tokens
    }

    private static func tooShort(_ name: String, _ tokens: [Token]) -> InputError {
        InputError(
            name: name, expected: "a text of at least 2 tokens, one for the prompt and one to replay",
            found: "\(tokens.count); choose a longer text")
    }
}
