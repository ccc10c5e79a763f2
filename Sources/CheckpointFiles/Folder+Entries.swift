extension Folder {
    /// What tells a file or folder from others, by whatever paths it is reached.
    package struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    /// What a name in a folder leads to.
    package struct Entry: Sendable {
        package enum Kind: Sendable {
            case file, folder
            /// A pipe, a socket or a device.
            case special
            /// A link that leads nowhere, or what cannot be looked at.
            case unreachable
        }

        /// The path of the folder and the name.
        package let path: String
        package let name: String
        /// Whether a symbolic link is followed to get there.
        package let isLink: Bool
        package let kind: Kind
        /// nil for what is unreachable.
        package let identity: Identity?

        /// Whether the name begins with a dot.
        package var isHidden: Bool { name.hasPrefix(".") }
    }

    /// What is in a folder, in the order of the names' bytes.
    ///
    /// - Throws: if the folder cannot be read.
    package static func entries(of path: String) throws(CheckpointError) -> [Entry] {
        guard let entries = SystemCalls.entries(in: path) else {
            throw CheckpointError(file: path, expected: "a readable folder", found: SystemCalls.lastError)
        }
        let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return sorted.map { entry in
            let kind: Entry.Kind =
                switch entry.kind {
                case .file: .file
                case .directory: .folder
                case .other: .special
                case nil: .unreachable
                }
            return Entry(
                path: path.hasSuffix("/") ? path + entry.name : "\(path)/\(entry.name)", name: entry.name,
                isLink: entry.isLink, kind: kind, identity: entry.identity)
        }
    }

    /// What tells the file or folder at a path from others; nil where there is nothing.
    package static func identity(of path: String) -> Identity? { SystemCalls.identity(of: path) }
}
