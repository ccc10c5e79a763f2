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
    /// - Throws: ``FileError`` where a document cannot be read or is not UTF-8, or there is too little memory for
    ///   the words or to learn from them; ``TokenizerError``.
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
