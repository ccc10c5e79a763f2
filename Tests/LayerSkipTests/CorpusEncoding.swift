import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// Files to encode, and a tokenizer for them.
struct CorpusEncoding {
    let folder = TemporaryFolder()
    let definition: TokenizerDefinition

    init() throws {
        let trainer = try TokenizerTrainer(vocabularySize: 300)
        var words = try WordCounts(preTokenizer: trainer.preTokenizer)
        words.add(Array("the cat and the dog and the bird".utf8))
        definition = try #require(try trainer.definition(from: words))
    }

    func text(_ text: String, _ name: String) -> String { folder.write(Array(text.utf8), as: name) }

    func encode(
        _ files: [String], threads: Int = 2, invalidText: Corpus.InvalidText = .fail
    ) throws -> (TokenShard, CorpusEncoder.Summary) {
        let path = folder.file("out.tokens")
        let summary = try CorpusEncoder(definition).encode(
            Corpus(files: files), to: path, invalidText: invalidText, on: ThreadPool(threads: threads))
        return (try TokenShard(path: path), try #require(summary))
    }
}
