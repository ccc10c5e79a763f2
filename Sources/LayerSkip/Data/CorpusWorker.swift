import CheckpointFiles

/// A thread's work on one document of a corpus: it may be interrupted, and asks before it takes much memory.
struct CorpusWorker: Sendable {
    let corpus: Corpus
    let document: Int
    /// How many threads may take memory at the same time.
    let concurrency: Int

    /// Throws where the work is interrupted, or where there is too little memory to give each thread so many bytes at
    /// the same time.
    func check(_ byteCount: Int) throws(FileError) {
        if InterruptionRequest.isMade { throw interruption }
        guard byteCount > 0 else { return }
        try FileError.checkMemory(byteCount * concurrency, file: corpus.name(of: document), name: "words")
    }

    /// The error of work that was interrupted.
    var interruption: FileError {
        FileError(file: corpus.name(of: document), expected: "to be read", found: "an interruption")
    }
}
