import ArgumentParser
import LayerSkip

struct TrainTokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-tokenizer", abstract: "Train a tokenizer on texts.",
        discussion: """
            Learns a vocabulary for byte-level byte-pair encoding and writes it as a tokenizer.json, which Hugging \
            Face's tokenizers can also read. The same texts always give the same vocabulary.
            """)

    @OptionGroup var texts: CorpusOptions

    @Option(name: .shortAndLong, help: "Where to write the tokenizer.json.", transform: expandedPath)
    var output: String

    @Option(parsing: .unconditional, help: "Number of tokens, including the special tokens and the 256 byte tokens.")
    var vocabularySize = 8192

    @Option(help: "Special token; may be given more than once. The first one marks the end of a text.")
    var special: [String] = ["<|endoftext|>"]

    @Option(help: "Rule for splitting texts into words: gpt-2, smollm (each digit alone), or another of llama.cpp's.")
    var preTokenizer = "smollm"

    @Option(parsing: .unconditional, help: "Do not merge pairs that occur fewer times than this.")
    var minimumCount = 2

    @Option(help: "How to print the result.")
    var format: OutputFormat = .text

    func validate() throws {
        if minimumCount < 1 { throw ValidationError("--minimum-count: expected 1 or more, found \(minimumCount)") }
        do { _ = try trainer() } catch let error as TokenizerError { throw ValidationError("\(error)") }
    }

    func run() throws {
        let trainer = try trainer()
        let corpus = try texts.corpus()
        try corpus.inputs.check(output: output)
        let counted = try trainer.countWords(
            of: corpus, invalidText: texts.invalidText, on: texts.pool,
            progress: Progress("read", of: corpus.count).callAsFunction)
        guard let counted else { throw InterruptedError() }
        Output.note(counted.remarks)
        let definition = try trainer.definition(
            from: counted.words, progress: Progress("learned", of: vocabularySize).callAsFunction)
        guard let definition else { throw InterruptedError() }
        try definition.write(to: output, inputs: corpus.inputs)
        try report(
            definition, to: output, documents: corpus.count - counted.remarks.skipped.count,
            words: counted.words.distinctCount)
    }

    private func trainer() throws -> TokenizerTrainer {
        try TokenizerTrainer(
            vocabularySize: vocabularySize, specialTokens: special, preTokenizer: preTokenizer,
            minimumCount: minimumCount)
    }

    private func report(_ definition: TokenizerDefinition, to output: String, documents: Int, words: Int) throws {
        let report = VocabularyReport(
            documents: documents, words: words, tokens: definition.tokens.count,
            fingerprint: String(definition.fingerprint, radix: 16))
        switch format {
        case .json: try Output.write(json: report, about: output)
        case .text:
            Output.summarize(
                "\(output): \(report.tokens.counted("token")) from \(words.counted("different word")) of "
                    + documents.counted("document"), of: output)
        }
        if report.tokens < vocabularySize {
            Output.note("the texts have too few pairs for \(vocabularySize) tokens")
        }
    }
}

private struct VocabularyReport: Encodable {
    let documents: Int
    let words: Int
    let tokens: Int
    let fingerprint: String
}
