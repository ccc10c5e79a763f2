extension Folder {
    /// What tells a file or folder from others, by whatever paths it is reached.
    package struct Identity: Hashable, Sendable {
        let status: FileStatus.Identity
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
    package static func entries(of path: String) throws(FileError) -> [Entry] {
        do {
            // Names alone do not say why there are none.
            SystemCalls.closeDescriptor(try SystemCalls.openForReading(path))
        } catch {
            throw FileError(file: path, expected: "a readable folder", found: "\(error)")
        }
        let names = SystemCalls.names(in: path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names.map { name in entry(path: path.hasSuffix("/") ? path + name : "\(path)/\(name)", name: name) }
    }

    private static func entry(path: String, name: String) -> Entry {
        let isLink = (try? SystemCalls.linkStatus(of: path))?.kind == .link
        let status = try? SystemCalls.status(of: path)
        let kind: Entry.Kind =
            switch status?.kind {
            case .file: .file
            case .directory: .folder
            case .link, .other: .special
            case nil: .unreachable
            }
        return Entry(
            path: path, name: name, isLink: isLink, kind: kind,
            identity: (status?.identity).map { Identity(status: $0) })
    }

    /// What tells the file or folder at a path from others; nil where there is nothing.
    package static func identity(of path: String) -> Identity? {
        guard let status = try? SystemCalls.status(of: path) else { return nil }
        return Identity(status: status.identity)
    }
}
