package import CheckpointFiles

/// An error in finding or downloading a model: which model, what was expected, and what was found.
public struct HubError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of problem, for programs.
    public enum Reason: Sendable, Equatable {
        /// The name is not that of a model on a hub.
        case name
        /// A setting, such as an environment variable, is wrong.
        case setting
        /// The hub has no such model, revision or file, or shows it only to its owners.
        case missing
        /// The model is there, but its owners must grant access first.
        case gated
        /// The token is not valid.
        case token
        /// The hub refuses more requests for now.
        case rateLimit
        /// There is no connection to the hub, or it was lost.
        case connection
        /// Downloads are turned off, by HF_HUB_OFFLINE or because the program was built without them.
        case offline
        /// The hub's answer is wrong, or its server has failed.
        case server
        /// The bytes are not those that the hub announced.
        case contents
        /// Files cannot be stored in the cache.
        case storage
        /// Several files fit, or none.
        case choice
    }

    /// The kind of problem.
    public let reason: Reason
    /// What the error is about, such as `OWNER/NAME` or `OWNER/NAME: model.gguf`.
    public let subject: String
    /// What was expected.
    public let expected: String
    /// What was found, and what to do.
    public let found: String

    package init(_ reason: Reason, _ subject: String, expected: String, found: String) {
        self.reason = reason
        self.subject = subject
        self.expected = expected
        self.found = found
    }

    /// Wraps an error about a file of the cache.
    package init(_ error: FileError, _ reason: Reason = .storage) {
        self.init(
            reason, error.name.isEmpty ? error.file : "\(error.file): \(error.name)", expected: error.expected,
            found: error.found)
    }

    /// A single line.
    public var description: String {
        // Parts of it come from a server.
        "\(subject): expected \(expected), found \(found)".harmless(limit: 8192)
    }
}
