/// How far a download is.
public struct HubProgress: Sendable, Equatable {
    /// The bytes that are complete, with those of earlier runs.
    public var doneBytes = 0
    /// The bytes of all files.
    public var totalBytes = 0
    /// The bytes that this run has received.
    public var receivedBytes = 0
    /// The number of files.
    public var fileCount = 0
    /// What the download waits for, such as the hub's permission to go on; nil if it does not wait.
    public var waiting: String?

    package init() {}
}
