import CheckpointFiles

/// A secret that gives access to models on a hub. It is never part of a text.
public struct HubToken: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret, for the header of a request.
    package let secret: String

    /// Checks a token. Spaces and line ends around it are dropped.
    ///
    /// - Parameter source: where it is from, for errors.
    /// - Throws: ``HubError`` if it has other characters than a token may have.
    public init(_ text: String, from source: String = "token") throws(HubError) {
        let bytes = text.utf8.filter { $0 != 0x0D && $0 != 0x0A }
        let start = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        let trimmed = start.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed()
        // Anything else could end the header or cannot be sent.
        guard !trimmed.isEmpty, trimmed.count <= 4096, trimmed.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw HubError(
                .setting, source, expected: "a token, such as hf_...",
                found: trimmed.isEmpty ? "an empty text" : "a text with other characters")
        }
        secret = String(decoding: Array(trimmed), as: UTF8.self)
    }

    /// Reads a token from a file; nil if there is none.
    init?(file path: String) throws(HubError) {
        guard Folder.fileSize(path).map({ $0 > 0 }) == true else { return nil }
        let text: String
        do {
            text = try TextFile.text(path, atMost: .description)
        } catch {
            throw HubError(error, .setting)
        }
        guard text.contains(where: { !$0.isWhitespace }) else { return nil }
        try self.init(text, from: path)
    }

    /// Only that it is a token.
    public var description: String { "a token" }
    /// Only that it is a token.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
