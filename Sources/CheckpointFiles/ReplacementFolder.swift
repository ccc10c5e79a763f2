/// A folder in the making that takes its name only when all its files are complete and on the disk.
///
/// A folder cannot be replaced in one step, so nothing but an empty folder may have the name before.
package struct ReplacementFolder: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private var names: [String]

    /// Creates a temporary folder beside the one to write.
    ///
    /// - Throws: if there is something at the path, or the folder cannot be made.
    package init(_ path: String) throws(CheckpointError) {
        func failure(_ found: String) -> CheckpointError {
            CheckpointError(file: path, expected: "a path where a new folder can be made", found: found)
        }
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        let place = String(trimmed)
        guard !place.isEmpty, !place.utf8.contains(0) else { throw failure("an invalid path") }
        switch SystemCalls.kind(of: place) {
        case nil: break
        case .directory:
            guard Folder.names(in: place).isEmpty else { throw failure("a folder that is not empty") }
        case .file, .other: throw failure("a file")
        }
        let temporary = SystemCalls.temporaryName(beside: place)
        guard SystemCalls.createFolder(temporary) else { throw failure(SystemCalls.lastError) }
        self.path = place
        temporaryPath = temporary
        names = []
    }

    deinit {
        for name in names { SystemCalls.removeFile("\(temporaryPath)/\(name)") }
        SystemCalls.removeFolder(temporaryPath)
    }

    /// The path at which to write the file of a name, now.
    package mutating func path(for name: String) -> String {
        precondition(!name.isEmpty && !name.contains("/"), "\(name) is no file's name")
        names.append(name)
        return "\(temporaryPath)/\(name)"
    }

    /// Gives the folder its name. Its files must have been synced, as all writers here do.
    ///
    /// - Throws: if that cannot be done; nothing is left then.
    package consuming func commit() throws(CheckpointError) {
        SystemCalls.synchronizeFolder(of: "\(temporaryPath)/.")
        // After this the temporary name is free, and deinit's attempts to remove things find nothing.
        guard SystemCalls.renameFile(temporaryPath, to: path) else {
            throw CheckpointError(
                file: path, expected: "a path where a new folder can be made", found: SystemCalls.lastError)
        }
        SystemCalls.synchronizeFolder(of: path)
    }
}
