import CheckpointFiles
import TensorCore
import TextTokens

/// A reader that processes a corpus on several threads, in batches of documents, and delivers the results in order.
struct CorpusReader {
    let corpus: Corpus
    let invalidText: Corpus.InvalidText
    /// The special tokens that no text should spell out.
    let spelling: SpecialTokenSpelling
    /// Describes what a text loses in encoding; nil if texts are not encoded.
    var loss: (@Sendable ([UInt8]) -> String?)?
    /// Whether spelled-out special tokens become these tokens, except in conversations.
    var parsesSpecialTokens = false
    /// Whether a chat template writes conversations, and so instructions, too.
    var hasTemplate = false
    let pool: ThreadPool

    /// A document's result, nil if it has no text, and the remarks on it.
    private struct Read<Output: Sendable>: Sendable {
        let output: Output?
        let remarks: CorpusRemarks
        /// A hash of the text; nil without one.
        let hash: UInt64?
    }

    /// Processes all documents.
    ///
    /// - Parameters:
    ///   - transform: called on any thread with each document that has text.
    ///   - take: receives each result, in the order of the documents.
    ///   - progress: receives the number of finished documents, and returns whether to continue.
    /// - Returns: the remarks on the documents; nil if `progress` returned false.
    func forEach<Output: Sendable>(
        _ transform: @Sendable (Corpus.Document, CorpusWorker) throws(FileError) -> Output,
        take: (Output) throws(FileError) -> Void, progress: (Int) -> Bool
    ) throws(FileError) -> CorpusRemarks? {
        var remarks = CorpusRemarks()
        var hashes: Set<UInt64> = []
        var done = 0
        while done < corpus.count {
            guard progress(done) else { return nil }
            let batch = try batch(from: done)
            for result in results(batch, transform) {
                // After an interruption, a document's error only says that it is unfinished.
                guard !InterruptionRequest.isMade || progress(done) else { return nil }
                let read = try result.get()
                remarks.add(read.remarks)
                if let hash = read.hash, !hashes.insert(hash).inserted { remarks.duplicates += 1 }
                if let output = read.output { try take(output) }
            }
            done = batch.upperBound
        }
        return progress(done) ? remarks : nil
    }

    /// Returns the documents of the next batch, at least one.
    ///
    /// - Throws: if there is not enough memory for them.
    private func batch(from first: Int) throws(FileError) -> Range<Int> {
        var end = first
        var (bytes, largest) = (0, 0)
        while end < min(first + corpus.limits.documentsAtOnce, corpus.count) {
            // A sparse file may claim so many bytes that the sums below would overflow.
            let count = min(corpus.byteCount(of: end), Int.max / 64)
            if end > first, bytes + count > corpus.limits.bytesAtOnce { break }
            bytes += count
            largest = max(largest, count)
            end += 1
        }
        // Each thread holds a document's bytes, its words and its growing tokens; finished documents only their tokens.
        let working = min(bytes, min(pool.threadCount, end - first) * largest)
        let needed = 10 * working + 6 * (bytes - working)
        let others = end - first - 1
        try FileError.checkMemory(
            needed, file: corpus.name(of: first), name: others > 0 ? "and \(others.counted("input")) after it" : "")
        return first..<end
    }

    private func results<Output: Sendable>(
        _ documents: Range<Int>,
        _ transform: @Sendable (Corpus.Document, CorpusWorker) throws(FileError) -> Output
    ) -> [Result<Read<Output>, FileError>] {
        let concurrency = min(pool.threadCount, documents.count)
        return pool.map(count: documents.count) { index in
            Result { () throws(FileError) in
                let number = documents.lowerBound + index
                let worker = CorpusWorker(corpus: corpus, document: number, concurrency: concurrency)
                let document = try corpus.read(number, invalidText: invalidText)
                let isChat = document?.conversation != nil && (document?.instruction == nil || hasTemplate)
                let reads = parsesSpecialTokens && !isChat
                var remarks = CorpusRemarks(of: document, name: corpus.name(of: number), reads ? nil : spelling)
                remarks.add(lossIn: document, of: corpus.name(of: number), loss)
                guard let document, !document.isEmpty else { return Read(output: nil, remarks: remarks, hash: nil) }
                return Read(output: try transform(document, worker), remarks: remarks, hash: document.hash)
            }
        }
    }
}

extension Corpus.Document {
    /// A hash of the text and of what divides it.
    fileprivate var hash: UInt64 {
        var hash = FowlerNollVo(text)
        hash.add(promptLength)
        // Two answers may call different tools with the same content.
        for message in conversation?.messages ?? [] { hash.add(message.hashValue) }
        return hash.value
    }
}

extension FowlerNollVo {
    fileprivate mutating func add(_ number: Int) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

extension ThreadPool {
    /// Returns the results of a function for 0..<count, computed on all threads.
    fileprivate func map<Output: Sendable>(count: Int, _ transform: (Int) -> Output) -> [Output] {
        unsafe [Output](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            let base = buffer.baseAddress
            // Each element is initialized once, on any thread.
            run(count: count, grain: 1) { range in
                for index in range {
                    unsafe base.unsafelyUnwrapped.advanced(by: index).initialize(to: transform(index))
                }
            }
            initializedCount = count
        }
    }
}
