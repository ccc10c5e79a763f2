import ArgumentParser
import LayerSkip
import LayerSkipDefaultModel

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Show a text's tokens.",
        discussion: """
            Without TEXT the text is read from standard input. The tokens include those that the tokenizer puts before \
            and after every text. A prompt of generate or chat never has the ones after it.
            """)

    @Option(
        help: """
            The model whose tokenizer it is, a GGUF file or a model folder; or a tokenizer.json (default: the model in \
            the program).
            """, transform: expandedPath)
    var model: String?

    @Argument(help: "The text.")
    var text: String?

    @Flag(help: "Read the names of special tokens in the text as those tokens.")
    var parseSpecial = false

    @Option(help: "How to print the result.")
    var format: OutputFormat = .json

    func run() throws {
        let text = try text ?? TextInput.read("-", atMost: .text)
        let tokenizer = try model.map { try Tokenizer(ofFile: $0) } ?? Checkpoint.defaultModel().tokenizer()
        Output.note(about: tokenizer)
        Output.note(lossIn: [text], tokenizer)
        let encoded = tokenizer.encode(Array(text.utf8), parsingSpecialTokens: parseSpecial) { _ in
            !Interruption.isRequested
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

    /// Writes a list in JSON part by part, since an encoder of all of it could not be interrupted.
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
