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
        // A byte may be written as an escape of six bytes, and the object may have other keys.
        let lineLimit = ReadingLimit(byteCount: 6 * model.longestPrompt + (1 << 16))
        let lines = ByteLines(descriptor: input.descriptor, limit: lineLimit.byteCount)
        var prompts: [[Token]] = []
        var texts: [String] = []
        var (number, bytesLeft) = (0, ReadingLimit.text.byteCount)
        while let line = try next(lines, line: number + 1, model) {
            number += 1
            bytesLeft -= line.count + 1
            guard bytesLeft >= 0 else {
                throw InputError(
                    name: input.name, expected: "at most \(ReadingLimit.text.byteCount) bytes of prompts", found: "more"
                )
            }
            // Only JSON's whitespace makes a blank line.
            if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
            let name = "\(input.name), line \(number)"
            let prompt = try JSONMembers(line, name: name, atMost: lineLimit).text("prompt", name: name)
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

    private func next(_ lines: ByteLines, line number: Int, _ model: TextModel) throws -> [UInt8]? {
        switch lines.next() {
        case .line(let line): return line
        case .end: return nil
        case .interrupted: throw InterruptedError()
        case .failed(let reason): throw InputError(name: input.name, expected: "a readable text", found: reason)
        case .tooLong:
            throw InputError(
                name: "\(input.name), line \(number)", expected: "{\"prompt\": \"...\"}",
                found: "a longer line than any prompt for the model's context of \(model.model.contextLength) tokens")
        }
    }
}
