import CheckpointFiles
import TextTokens

/// A thread's work on one document of a corpus, with checks for interruption and memory.
struct CorpusWorker: Sendable {
    let corpus: Corpus
    let document: Int
    /// The number of threads that may need memory at the same time.
    let concurrency: Int

    /// Throws if the work is interrupted, or if there is not enough memory to give each thread `byteCount` bytes at the
    /// same time.
    func check(_ byteCount: Int) throws(FileError) {
        if InterruptionRequest.isMade { throw interruption }
        guard byteCount > 0 else { return }
        try FileError.checkMemory(byteCount * concurrency, file: name, name: "words")
    }

    /// The document's name in errors.
    var name: String { corpus.name(of: document) }

    /// Runs a closure and turns its error into one that names the document.
    func encoding<Result>(_ body: () throws(TokenizerError) -> Result) throws(FileError) -> Result {
        do throws(TokenizerError) {
            return try body()
        } catch {
            let parts = error.parts
            throw FileError(
                file: name, name: parts.name, expected: parts.expected, found: parts.found)
        }
    }

    /// The error for interrupted work.
    var interruption: FileError {
        FileError(file: name, expected: "to be read", found: "an interruption")
    }
}
