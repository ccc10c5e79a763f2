import CheckpointFiles

/// Where a model is: at a path, or on a hub.
public enum ModelPlace: Sendable, Hashable {
    /// A file or folder, which may be missing.
    case path(String)
    /// A model on a hub.
    case hub(HubModelName)

    /// Tells which of them a text means. A path that exists is one. A text is also a path if it begins with `.`, `/` or
    /// `~`, ends in `.gguf` or has more than one slash; a `:FILE` and a `@REVISION` are not looked at. Everything else
    /// that can be a model's name on a hub is one.
    public init(_ text: String) {
        guard Folder.isMissing(text), !Self.looksLikePath(text), let name = try? HubModelName(text) else {
            self = .path(text)
            return
        }
        self = .hub(name)
    }

    private static func looksLikePath(_ text: String) -> Bool {
        let parts = NameParts(text)
        // Without a selection, nothing but a path has this ending.
        let isFile = parts.selection == nil && text.lowercased().hasSuffix(".gguf")
        let slashes = parts.repository.utf8.count { $0 == UInt8(ascii: "/") }
        return isFile || parts.repository.lowercased().hasSuffix(".gguf") || slashes > 1
            || [".", "/", "~"].contains { text.hasPrefix($0) }
    }
}
