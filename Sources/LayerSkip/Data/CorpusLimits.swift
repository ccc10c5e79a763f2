package import CheckpointFiles

/// Limits on how much of a corpus is read at once.
package struct CorpusLimits: Sendable {
    /// The maximum size of a line of JSON Lines.
    package var line = ReadingLimit.text
    /// The maximum number of documents per batch: enough for all threads, few enough for memory.
    package var documentsAtOnce = 256
    /// The maximum size of a batch in bytes, unless a single document is larger. Signals are noticed between batches.
    package var bytesAtOnce = 32 << 20

    package init() {}
}
