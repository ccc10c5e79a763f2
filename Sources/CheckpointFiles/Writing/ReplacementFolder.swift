import CFatalSignals

/// A folder being written that gets its name only when all its files are complete and on disk.
///
/// A folder cannot be replaced atomically, so only an empty folder may have the name before. Links to it are followed,
/// and it keeps its permissions. Leftovers of a killed writer of the same path are removed first.
package struct ReplacementFolder: ~Copyable {
    private let path: String
    private let place: String
    private let folder: TemporaryEntry
    private var files: [(path: String, leftover: Int32)]
    private static let expected = "a path where a new folder can be made"

    /// Creates a temporary folder next to the output's path.
    ///
    /// - Throws: if the path is already taken, or the folder cannot be created.
    package init(_ path: String) throws(FileError) {
        let (place, existing) = try Self.place(path)
        Leftovers.remove(of: place)
        let folder = try FileError.explaining(
            path, expected: Self.expected, try TemporaryEntry.folder(nextTo: place, replacing: existing))
        self.path = path
        self.place = place
        self.folder = folder
        files = []
    }

    /// The final path of the folder, and the status of the empty folder that it replaces.
    private static func place(_ path: String) throws(FileError) -> (String, FileStatus?) {
        func failure(_ found: String) -> FileError {
            FileError(file: path, expected: expected, found: found)
        }
        switch try WritingPlace(path, expected: expected) {
        case .file(let place, existing: nil):
            return (place, nil)
        case .folder(let place, let status):
            let parts = PathParts(place)
            guard Folder.names(in: place).isEmpty else { throw failure("a folder that is not empty") }
            // Replacing it would leave the shell that started this program in a deleted folder.
            let current = try? SystemCalls.status(of: ".")
            guard parts.name != ".", parts.name != "..", status.identity != current?.identity else {
                throw failure("the current folder of this program")
            }
            let above = try? SystemCalls.status(of: parts.folder)
            guard above?.identity.device == status.identity.device else {
                throw failure("a mount point, which cannot be replaced; use a folder in it")
            }
            return (place, status)
        case .file: throw failure("a file")
        case .stream, .descriptor: throw failure("neither a file nor a folder")
        }
    }

    deinit {
        for file in files {
            SystemCalls.removeFile(file.path)
            cfs_forget_leftover(file.leftover)
        }
    }

    /// The current path at which to write a file of the folder.
    package mutating func path(for name: String) -> String {
        precondition(!name.isEmpty && !name.contains("/"), "\(name) is no file's name")
        let path = "\(folder.path)/\(name)"
        files.append((path, cfs_add_leftover(path)))
        return path
    }

    /// Gives the folder its name. Its files must have been synced, as all writers here do.
    ///
    /// - Throws: if that fails; nothing is left behind.
    package consuming func commit() throws(FileError) {
        // The folder has been renamed, so deinit finds no files to remove.
        try FileError.explaining(path, expected: Self.expected, try folder.take(place))
    }
}
