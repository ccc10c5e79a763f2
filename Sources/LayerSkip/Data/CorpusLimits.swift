package import CheckpointFiles

/// How much of a corpus is read at once.
package struct CorpusLimits: Sendable {
    /// The most bytes of a line of JSON Lines.
    package var line = ReadingLimit.text
    /// The most documents that are read together: enough for all threads, few enough to be held in memory together.
    package var documentsAtOnce = 256
    /// Bytes of the documents that are read together, unless one alone has more. A signal is noticed between them.
    package var bytesAtOnce = 32 << 20

    package init() {}
}
