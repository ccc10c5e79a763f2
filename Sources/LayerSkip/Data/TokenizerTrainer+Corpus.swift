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
    ///   - progress: is told how many documents are done, and returns whether to continue.
    /// - Returns: the counts, and what was left out; nil if `progress` said no.
    /// - Throws: ``CheckpointError`` where a document cannot be read or is not UTF-8; ``TokenizerError``.
    public func countWords(
        of corpus: Corpus, invalidText: Corpus.InvalidText = .fail, on pool: ThreadPool,
        progress: (Int) -> Bool = { _ in true }
    ) throws -> (words: WordCounts, remarks: CorpusRemarks)? {
        let none = try WordCounts(preTokenizer: preTokenizer)
        var all = none
        var remarks = CorpusRemarks()
        let reader = CorpusReader(corpus: corpus, invalidText: invalidText, pool: pool)
        let isComplete = try reader.forEach(
            { document in
                var words = none
                words.add(document.text)
                return (words, document)
            },
            take: { (document, counted: (words: WordCounts, document: Corpus.Document)?) throws(CheckpointError) in
                remarks.note(counted?.document, name: corpus.name(of: document))
                if let counted { all.add(counted.words) }
            }, progress: progress)
        return isComplete ? (all, remarks) : nil
    }
}
