extension Folder {
    /// A value that identifies a file or folder regardless of the path used to reach it.
    package struct Identity: Hashable, Sendable {
        let status: FileStatus.Identity
    }

    /// A name in a folder, and what it leads to.
    package struct Entry: Sendable {
        package enum Kind: Sendable {
            case file, folder
            /// A pipe, a socket or a device.
            case special
            /// A dangling link, or an entry whose status cannot be read.
            case unreachable
        }

        /// The folder's path joined with the name.
        package let path: String
        package let name: String
        /// Whether the name is a symbolic link.
        package let isLink: Bool
        package let kind: Kind
        /// nil if the entry is unreachable.
        package let identity: Identity?

        /// Whether the name begins with a dot.
        package var isHidden: Bool { name.hasPrefix(".") }
    }

    /// Lists a folder, ordered by the bytes of the names.
    ///
    /// - Throws: if the folder cannot be read.
    package static func entries(of path: String) throws(FileError) -> [Entry] {
        do {
            // `names(in:)` returns an empty list on failure; opening the folder gives the reason.
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

    /// The identity of the file or folder at a path; nil if there is none.
    package static func identity(of path: String) -> Identity? {
        guard let status = try? SystemCalls.status(of: path) else { return nil }
        return Identity(status: status.identity)
    }
}

extension Folder {
    /// Returns the paths that match a pattern such as `data/*.txt`, ordered by their bytes.
    package static func paths(matching pattern: String) -> [String] {
        guard !pattern.utf8.contains(0) else { return [] }
        return SystemCalls.paths(matching: pattern).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
