import CheckpointFiles
public import TensorCore
public import TextTokens

extension TokenizerTrainer {
    /// Counts the words of a corpus.
    ///
    /// - Parameters:
    ///   - corpus: the documents. Prompts and answers count equally.
    ///   - invalidText: the treatment of documents that are not UTF-8.
    ///   - pool: the threads to use.
    ///   - progress: receives the number of finished documents, and returns whether to continue.
    /// - Returns: the counts, and remarks on the corpus; nil if `progress` returned false.
    /// - Throws: ``FileError`` if a document cannot be read or is not UTF-8, or if there is not enough memory for the
    ///   words or for learning from them; ``TokenizerError``.
    public func countWords(
        of corpus: Corpus, invalidText: Corpus.InvalidText = .fail, on pool: ThreadPool,
        progress: (Int) -> Bool = { _ in true }
    ) throws -> (words: WordCounts, remarks: CorpusRemarks)? {
        let none = try WordCounts(preTokenizer: preTokenizer)
        var all = none
        let reader = CorpusReader(corpus: corpus, invalidText: invalidText, spelling: spelling, pool: pool)
        let remarks = try reader.forEach(
            { (document, worker) throws(FileError) in
                var words = none
                try words.add(document.text) { (byteCount) throws(FileError) in
                    try worker.check(byteCount)
                }
                return words
            },
            take: { (words: WordCounts) throws(FileError) in
                try all.add(words) { (byteCount) throws(FileError) in
                    if byteCount > 0 { try corpus.checkMemory(byteCount, for: "words") }
                }
            }, progress: progress)
        guard let remarks else { return nil }
        guard !all.isEmpty else { throw corpus.emptiness }
        try corpus.checkMemory(all.learningByteCount, for: "learning from \(all.distinctCount.counted("word"))")
        return (all, remarks)
    }
}
