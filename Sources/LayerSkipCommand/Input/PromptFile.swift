import FoundationEssentials
import LayerSkip

/// Prompts in JSON Lines: one object with a string `prompt` a line.
struct PromptFile {
    let prompts: [String]

    private struct Line: Decodable { let prompt: String }

    init(path: String) throws {
        // By bytes: a carriage return and a line feed together are one character, which is not "\n".
        let lines = try TextInput.read(path).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var prompts: [String] = []
        for (index, line) in lines.enumerated() where !Substring(line).allSatisfy(\.isWhitespace) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
                throw InputError(
                    name: "\(path), line \(index + 1)", expected: "{\"prompt\": \"...\"}",
                    found: String(Substring(line)).quoted)
            }
            prompts.append(line.prompt)
        }
        guard !prompts.isEmpty else { throw InputError(name: path, expected: "at least one prompt", found: "none") }
        self.prompts = prompts
    }

    func tokens(for model: TextModel) -> [[Token]] { prompts.map { model.tokenizer.encode(prompt: $0) } }
}
