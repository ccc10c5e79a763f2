import CheckpointFiles
import TensorCore

/// Reads a corpus with several threads at once, some documents at a time, and hands on what became of each in order.
struct CorpusReader {
    let corpus: Corpus
    let invalidText: Corpus.InvalidText
    let pool: ThreadPool
    /// Enough for all threads, few enough to be held in memory together.
    private static let documentsAtOnce = 256
    /// Bytes of the documents that are read together, unless one alone has more: a signal is noticed between them.
    private static let bytesAtOnce = 32 << 20

    /// - Parameters:
    ///   - transform: is called on any thread.
    ///   - take: gets each result in the order of the documents; nil for a document that is skipped.
    ///   - progress: is told how many documents are done, and returns whether to continue.
    /// - Returns: whether all was read.
    func forEach<Result: Sendable>(
        _ transform: @Sendable (Corpus.Document) -> Result,
        take: (Int, Result?) throws(CheckpointError) -> Void, progress: (Int) -> Bool
    ) throws(CheckpointError) -> Bool {
        var done = 0
        while done < corpus.count {
            guard progress(done) else { return false }
            let batch = batch(from: done)
            for (document, result) in zip(batch, results(batch, transform)) {
                try take(document, result.get())
            }
            done = batch.upperBound
        }
        return progress(done)
    }

    /// The documents to read together, at least one.
    private func batch(from first: Int) -> Range<Int> {
        var end = first
        var bytes = 0
        while end < min(first + Self.documentsAtOnce, corpus.count) {
            bytes += corpus.byteCount(of: end)
            if end > first, bytes > Self.bytesAtOnce { break }
            end += 1
        }
        return first..<end
    }

    private func results<Output: Sendable>(
        _ documents: Range<Int>, _ transform: @Sendable (Corpus.Document) -> Output
    ) -> [Result<Output?, CheckpointError>] {
        pool.map(count: documents.count) { index in
            Result { () throws(CheckpointError) in
                try corpus.read(documents.lowerBound + index, invalidText: invalidText).map(transform)
            }
        }
    }
}

extension ThreadPool {
    /// What a function makes of 0..<count, computed on all threads.
    fileprivate func map<Output: Sendable>(count: Int, _ transform: (Int) -> Output) -> [Output] {
        unsafe [Output](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let base = buffer.baseAddress
            // Each place is written once, by whichever thread.
            run(count: count, grain: 1) { range in
                for index in range {
                    unsafe base.unsafelyUnwrapped.advanced(by: index).initialize(to: transform(index))
                }
            }
            initializedCount = count
        }
    }
}
