import CheckpointFiles
public import TensorCore
public import TextTokens

extension TokenizerTrainer {
    /// Counts the words of a corpus.
    ///
    /// - Parameters:
    ///   - corpus: the documents; prompts and answers count alike.
    ///   - invalidText: what is done with documents that are not UTF-8.
    ///   - pool: the threads that work.
    ///   - progress: is told how many documents are done, and says whether to go on.
    /// - Returns: the counts, and the names of documents that were skipped; nil if `progress` said no.
    /// - Throws: ``CheckpointError`` where a document cannot be read or is not UTF-8; ``TokenizerError``.
    public func countWords(
        of corpus: Corpus, invalidText: Corpus.InvalidText = .fail, on pool: ThreadPool,
        progress: (Int) -> Bool = { _ in true }
    ) throws -> (words: WordCounts, skipped: [String])? {
        let none = try WordCounts(preTokenizer: preTokenizer)
        var all = none
        var skipped: [String] = []
        let reader = CorpusReader(corpus: corpus, invalidText: invalidText, pool: pool)
        let isComplete = try reader.forEach(
            { document in
                var words = none
                words.add(document.text)
                return words
            },
            take: { (document, words) throws(CheckpointError) in
                if let words { all.add(words) } else { skipped.append(corpus.name(of: document)) }
            }, progress: progress)
        return isComplete ? (all, skipped) : nil
    }
}
