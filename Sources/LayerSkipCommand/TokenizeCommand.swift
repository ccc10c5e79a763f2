import ArgumentParser
import LayerSkip
import LayerSkipDefaultModel

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Show the tokens of a text.",
        discussion: """
            Without TEXT, reads the text from standard input. The output includes the special tokens that the \
            tokenizer adds before and after every text. generate and chat omit the ones after the text.
            """)

    @Option(
        help: """
            Model or tokenizer: a GGUF file, a folder, a tokenizer.json or a tokenizer.model, or a model's name on a \
            hub (default: the built-in model).
            """,
        transform: expandedPath)
    var model: String?

    @Argument(help: "Text to tokenize.")
    var text: String?

    @Flag(help: "Parse special tokens in the text, such as <|endoftext|>, instead of treating them as plain text.")
    var parseSpecial = false

    @Option(help: "How to print the result.")
    var format: OutputFormat = .json

    func run() throws {
        let text = try text ?? TextInput.read("-", atMost: .text, keepsMark: true)
        let tokenizer =
            try model.map { try Tokenizer(ofFile: ModelSource.path(of: $0)) } ?? Checkpoint.defaultModel().tokenizer()
        Output.note(about: tokenizer)
        Output.note(lossIn: [text], tokenizer)
        let encoded = try inTextFile(model ?? "the built-in model") { () throws(TokenizerError) in
            try tokenizer.encode(Array(text.utf8), parsingSpecialTokens: parseSpecial) { _ in
                !Interruption.isRequested
            }
        }
        guard let ids = encoded else { throw InterruptedError() }
        let pieces = ids.lazy.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) }
        switch format {
        case .json:
            try Output.write("{\n  \"ids\" : ")
            try writeList(ids) { "\($0)" }
            try Output.write(",\n  \"pieces\" : ")
            try writeList(pieces) { String(decoding: JSONText.encode($0, onOneLine: true), as: UTF8.self) }
            try Output.write("\n}\n")
        case .text:
            for (id, piece) in zip(ids, pieces) {
                if Interruption.isRequested { throw InterruptedError() }
                try Output.write("\("\(id)".padded(to: 8))  \(piece.debugDescription.harmless(limit: .max))\n")
            }
        }
    }

    /// Writes a JSON list in parts. Encoding all of it at once could not be interrupted.
    private func writeList<Values: Collection>(_ values: Values, _ json: (Values.Element) -> String) throws {
        var rest = values[...]
        try Output.write("[\n")
        while !rest.isEmpty {
            if Interruption.isRequested { throw InterruptedError() }
            let part = rest.prefix(4096)
            rest = rest.dropFirst(4096)
            let lines = part.map { "    " + json($0) }.joined(separator: ",\n")
            try Output.write(lines + (rest.isEmpty ? "" : ",\n"))
        }
        try Output.write("\n  ]")
    }
}
