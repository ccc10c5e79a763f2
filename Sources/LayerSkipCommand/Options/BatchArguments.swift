import ArgumentParser
import LayerSkip

/// Options for answering many prompts.
struct BatchArguments: ParsableArguments {
    @Option(
        help: """
            Answer every prompt in a file (- for standard input): a text per line, or JSON Lines with "prompt", \
            "question" or "messages".
            """,
        transform: expandedPath)
    var prompts: String?

    @Option(
        help: """
            With --prompts, file for the answers in JSON Lines; a run that was stopped continues in it (default: \
            standard output).
            """,
        transform: expandedPath)
    var output: String?

    @Option(
        parsing: .unconditional,
        help: """
            With --prompts, number of texts to generate at once (default: \(Self.standardTexts), or what fits into \
            memory).
            """)
    var texts: Int?

    @Option(parsing: .unconditional, help: "With --prompts, number of sampled answers per prompt.")
    var samples: Int?

    @Option(help: "With --prompts, key of the prompt in JSON Lines (default: messages, prompt or question).")
    var promptKey: String?

    @Option(help: "With --prompts, key of the answer (default: \(Self.standardOutputKey)).")
    var outputKey: String?

    @Flag(help: "With --prompts, replace an existing output instead of continuing it.")
    var overwrite = false

    static let standardTexts = 16
    static let standardOutputKey = "completion"
    /// Each text takes memory for its cache.
    static let mostTexts = 1024
    private static let mostSamples = 1_000_000

    func validate() throws {
        guard prompts != nil else {
            let given: [(String, Bool)] = [
                ("--output", output != nil), ("--texts", texts != nil), ("--samples", samples != nil),
                ("--prompt-key", promptKey != nil), ("--output-key", outputKey != nil), ("--overwrite", overwrite),
            ]
            if let option = given.first(where: \.1)?.0 {
                throw ValidationError("\(option): expected --prompts with it, found none")
            }
            return
        }
        if let texts, !(1...Self.mostTexts).contains(texts) {
            throw ValidationError("--texts: expected 1...\(Self.mostTexts), found \(texts)")
        }
        if let samples, !(1...Self.mostSamples).contains(samples) {
            throw ValidationError("--samples: expected 1...\(Self.mostSamples), found \(samples)")
        }
        for (option, key) in [("--prompt-key", promptKey), ("--output-key", outputKey)] where key == "" {
            throw ValidationError("\(option): expected the name of a key, found an empty one")
        }
        if outputKey == AnswerLine.detailsKey {
            throw ValidationError(
                "--output-key: expected another key than \(AnswerLine.detailsKey.quoted), which each line has anyway")
        }
        if overwrite, output == nil || output == "-" {
            throw ValidationError("--overwrite: expected --output FILE with it, found none")
        }
    }
}
