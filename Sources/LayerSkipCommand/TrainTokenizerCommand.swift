import ArgumentParser
import LayerSkip

struct TrainTokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-tokenizer", abstract: "Learn a vocabulary from texts.",
        discussion: """
            Byte-level byte-pair encoding, written as a tokenizer.json that Hugging Face's tokenizers read as well. \
            The same texts always give the same vocabulary.
            """)

    @OptionGroup var texts: CorpusOptions

    @Option(name: .shortAndLong, help: "Where to write the tokenizer.json.", transform: expandedPath)
    var output: String

    @Option(parsing: .unconditional, help: "How many tokens, special ones and the 256 bytes included.")
    var vocabularySize = 8192

    @Option(help: "A special token, of which the first ends a text; may be given several times.")
    var special: [String] = ["<|endoftext|>"]

    @Option(help: "The rule that cuts texts into words: gpt-2, smollm (digits stand alone), or another of llama.cpp's.")
    var preTokenizer = "smollm"

    @Option(parsing: .unconditional, help: "Pairs that occur less often are not merged.")
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
