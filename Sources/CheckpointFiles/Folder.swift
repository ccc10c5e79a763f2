/// What programs do with folders as a whole.
package enum Folder {
    /// Makes a folder, and those that it lies in, where there are none yet.
    ///
    /// - Throws: if that cannot be done.
    package static func make(_ path: String) throws(CheckpointError) {
        if exists(path) { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !parent.isEmpty { try make(parent) }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw CheckpointError(file: path, expected: "a path for a folder", found: "an invalid path")
        }
        // It is there by now if another program made it, or if the path ends with a slash.
        guard SystemCalls.createFolder(path) || exists(path) else {
            throw CheckpointError(file: path, expected: "a place for a folder", found: SystemCalls.lastError)
        }
    }

    /// Whether there is a folder at a path.
    package static func exists(_ path: String) -> Bool {
        if case .directory? = SystemCalls.kind(of: path) { true } else { false }
    }

    /// The names in a folder, sorted; none where it cannot be read.
    package static func names(in path: String) -> [String] { SystemCalls.names(in: path).sorted() }

    /// Removes a folder and the files in it, however much of it is there. It gets another name first, so that a crash
    /// leaves no half of it under its own.
    package static func remove(_ path: String) {
        let leftover = SystemCalls.temporaryName(beside: path)
        guard SystemCalls.renameFile(path, to: leftover) else { return }
        removeLeftover(leftover)
    }

    /// Removes what programs that were killed have left in a folder: files, links and folders that were not complete.
    package static func removeLeftovers(in path: String) {
        for name in names(in: path) where SystemCalls.isTemporary(name) { removeLeftover("\(path)/\(name)") }
    }

    private static func removeLeftover(_ path: String) {
        // Never what a link leads to, which may be whole.
        if SystemCalls.removeFile(path) { return }
        for name in names(in: path) { SystemCalls.removeFile("\(path)/\(name)") }
        SystemCalls.removeFolder(path)
    }

    /// Makes a name in a folder lead to another one beside it, in one step.
    ///
    /// - Throws: if that cannot be done.
    package static func link(_ path: String, to name: String) throws(CheckpointError) {
        let temporary = SystemCalls.temporaryName(beside: path)
        guard SystemCalls.createLink(temporary, to: name), SystemCalls.renameFile(temporary, to: path) else {
            let reason = SystemCalls.lastError
            SystemCalls.removeFile(temporary)
            throw CheckpointError(file: path, expected: "a place for a link", found: reason)
        }
    }
}

/// Keeps other programs of ours out of a folder, as long as it lives; a killed program's hold ends with it.
package final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes hold of a folder.
    ///
    /// - Throws: if another program has it, or it cannot be opened.
    package init(_ path: String) throws(CheckpointError) {
        guard let descriptor = SystemCalls.openForReading(path) else {
            throw CheckpointError(file: path, expected: "a folder", found: SystemCalls.lastError)
        }
        guard SystemCalls.lock(descriptor) else {
            SystemCalls.closeDescriptor(descriptor)
            throw CheckpointError(
                file: path, expected: "a folder that no other program is working in", found: "one that is in use")
        }
        self.descriptor = descriptor
    }

    deinit { SystemCalls.closeDescriptor(descriptor) }
}
