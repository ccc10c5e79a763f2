import ArgumentParser
import LayerSkip
import LayerSkipDefaultModel

struct PrepareDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare-data", abstract: "Convert texts to tokens for training.",
        discussion: """
            Writes one file of tokens, in which each document ends with an end-of-text token. For documents with a \
            prompt and an answer, the file records where the answer begins, so that only the answer is trained on. \
            Conversations are written by the chat template of the tokenizer's file or folder; only the assistant's \
            answers are trained on, including the token that ends them.
            """)

    @OptionGroup var texts: CorpusOptions

    @Option(
        help: """
            Tokenizer: a tokenizer.json, a tokenizer.model, a GGUF file, a model folder or a model's name on a hub \
            (default: the built-in model's).
            """,
        transform: expandedPath)
    var tokenizer: String?

    @OptionGroup var template: ChatTemplateArguments

    @Option(help: "Special token that ends each document (default: <|endoftext|>, or else the tokenizer's own).")
    var endOfText: String?

    @Flag(
        help: """
            Read special tokens that are spelled out in texts, prompts and answers, such as <|im_end|>, as these tokens \
            (never in the messages of conversations).
            """)
    var parseSpecial = false

    @Option(name: .shortAndLong, help: "Where to write the tokens.", transform: expandedPath)
    var output: String

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func run() throws {
        let tokenizer = try tokenizer.map(ModelSource.path)
        var encoder =
            if let tokenizer {
                try CorpusEncoder(tokenizerFile: tokenizer, endOfText: endOfText)
            } else {
                try CorpusEncoder(tokenizerOf: .defaultModel(), endOfText: endOfText)
            }
        encoder.parsesSpecialTokens = parseSpecial
        Output.note(encoder.notes)
        if template.chatTemplate != nil {
            let stored =
                try tokenizer.map { try StoredChatTemplates(nextTo: $0) } ?? Checkpoint.defaultModel().templates
            encoder.chatTemplate = try template.template(
                among: stored, hasTools: false, file: tokenizer ?? "the default model")
        }
        let corpus = try texts.corpus()
        let summary = try encoder.encode(
            corpus, to: output, invalidText: texts.invalidText, on: texts.pool,
            progress: Progress("encoded", of: corpus.count).callAsFunction)
        guard let summary else { throw InterruptedError() }
        Output.note(summary.remarks)
        switch format {
        case .json: try Output.write(json: DataReport(summary), about: output)
        case .text:
            let bytesPerToken = Double(summary.bytes) / Double(summary.tokens)
            Output.summarize(
                "\(output): \(summary.tokens.counted("token")) of \(summary.documents.counted("document")), "
                    + "\(summary.bytes.megabytes), \(bytesPerToken.formatted(decimals: 2)) bytes per token; "
                    + "\(summary.scoredTokens.counted("token")) are trained on", of: output)
        }
    }
}

private struct DataReport: Encodable {
    let documents: Int
    let tokens: Int
    let scoredTokens: Int
    let bytes: Int
    let empty: Int
    let duplicates: Int
    let withoutAnswer: Int
    let skipped: Int

    init(_ summary: CorpusEncoder.Summary) {
        documents = summary.documents
        tokens = summary.tokens
        scoredTokens = summary.scoredTokens
        bytes = summary.bytes
        duplicates = summary.remarks.duplicates
        withoutAnswer = summary.remarks.withoutAnswer
        empty = summary.remarks.empty
        skipped = summary.remarks.skipped.count
    }
}
