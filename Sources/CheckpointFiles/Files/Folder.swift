/// Operations on whole folders.
package enum Folder {
    /// Creates a folder and its missing parents; does nothing if it exists.
    ///
    /// - Throws: if a folder cannot be created.
    package static func make(_ path: String) throws(FileError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(file: path, expected: "a path for a folder", found: "an invalid path")
        }
        do {
            try SystemCalls.createFolder(path)
        } catch .nothingThere {
            var name = path[...]
            while name.count > 1, name.last == "/" { name.removeLast() }
            let parent = PathParts(String(name)).folder
            // The parent exists, so the path itself is a dangling link, which cannot be created.
            guard !exists(parent) else { throw failure(path, .nothingThere) }
            try make(parent)
            try makeLast(path)
        } catch {
            // It existed before, or another program has just created it.
            guard exists(path) else { throw failure(path, error) }
        }
    }

    /// Creates a folder whose parent exists.
    private static func makeLast(_ path: String) throws(FileError) {
        do {
            try SystemCalls.createFolder(path)
        } catch {
            guard exists(path) else { throw failure(path, error) }
        }
    }

    private static func failure(_ path: String, _ reason: SystemError) -> FileError {
        FileError(file: path, expected: "a place for a folder", found: reason.description)
    }

    /// Whether there is a folder at a path.
    package static func exists(_ path: String) -> Bool {
        SystemCalls.kind(of: path) == .directory
    }

    /// Whether a path is a link, to anything or nothing.
    package static func isLink(_ path: String) -> Bool { (try? SystemCalls.linkStatus(of: path))?.kind == .link }

    /// Whether there is nothing at a path, or only a dangling link. Below a file, there is nothing.
    package static func isMissing(_ path: String) -> Bool {
        do {
            _ = try SystemCalls.status(of: path)
            return false
        } catch {
            return error == .nothingThere || error == .notAFolder
        }
    }

    /// The absolute path without links; nil if it leads nowhere.
    package static func realPath(_ path: String) -> String? { SystemCalls.realPath(path) }

    /// The names in a folder, sorted; empty if it cannot be read.
    package static func names(in path: String) -> [String] { SystemCalls.names(in: path).sorted() }

    /// Whether ``link(_:to:)`` can create or replace a link at a path: there is nothing, or already a link.
    package static func canLink(_ path: String) -> Bool {
        guard let status = try? SystemCalls.linkStatus(of: path) else { return true }
        return status.kind == .link
    }

    /// Atomically creates or replaces a link that points to another name in the same folder.
    ///
    /// - Throws: if that cannot be done.
    package static func link(_ path: String, to name: String) throws(FileError) {
        guard canLink(path) else {
            throw FileError(file: path, expected: "a place for a link", found: "a file or folder")
        }
        let temporary = TemporaryName.make(nextTo: path)
        do {
            try SystemCalls.createLink(temporary, to: name)
            try SystemCalls.renameFile(temporary, to: path)
        } catch {
            SystemCalls.removeFile(temporary)
            throw FileError(file: path, expected: "a place for a link", found: error.description)
        }
    }
}

/// A lock that keeps other processes of this program out of a folder while the object lives; it ends when the process
/// is killed.
package final class FolderLock: Sendable {
    private let folder: OwnedDescriptor

    /// Locks a folder.
    ///
    /// - Throws: if another program holds the lock, or the folder cannot be opened.
    package init(_ path: String) throws(FileError) {
        folder = OwnedDescriptor(
            try FileError.explaining(path, expected: "a folder", try SystemCalls.openForReading(path)))
        do {
            try SystemCalls.lock(folder.number)
        } catch .wouldBlock {
            throw FileError(
                file: path, expected: "a folder that no other program is working in", found: "one that is in use")
        } catch {
            throw FileError(
                file: path, expected: "a folder that can be locked", found: error.description)
        }
    }
}
