/// What programs do with folders as a whole.
package enum Folder {
    /// Makes a folder, and those that it lies in, where there are none yet.
    ///
    /// - Throws: if that cannot be done.
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
            // A link that leads nowhere is there, and cannot be made.
            guard !exists(parent) else { throw failure(path, .nothingThere) }
            try make(parent)
            try makeLast(path)
        } catch {
            // It is there already, or another program has just made it.
            guard exists(path) else { throw failure(path, error) }
        }
    }

    /// Makes a folder in one that exists.
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

    /// Whether there is nothing at a path, or a link that leads to nothing.
    package static func isMissing(_ path: String) -> Bool {
        do {
            _ = try SystemCalls.status(of: path)
            return false
        } catch {
            return error == .nothingThere
        }
    }

    /// The names in a folder, sorted; none where it cannot be read.
    package static func names(in path: String) -> [String] { SystemCalls.names(in: path).sorted() }

    /// Removes a folder and the files in it, however much of it is there. It gets another name first, so that a crash
    /// leaves no half of it under its own.
    package static func remove(_ path: String) {
        let leftover = TemporaryName.make(nextTo: path)
        guard (try? SystemCalls.renameFile(path, to: leftover)) != nil else { return }
        Leftovers.removeEntry(leftover)
    }

    /// Removes what programs that were killed have left in a folder: files, links and folders that were not complete.
    package static func removeLeftovers(in path: String) { Leftovers.remove(in: path) }

    /// Whether there is nothing at a path, or a link, which ``link(_:to:)`` may replace.
    package static func canLink(_ path: String) -> Bool {
        guard let status = try? SystemCalls.linkStatus(of: path) else { return true }
        return status.kind == .link
    }

    /// Makes a name in a folder lead to another one next to it, in one step.
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

/// Keeps other programs of ours out of a folder, as long as it lives; a killed program's hold ends with it.
package final class FolderLock: Sendable {
    private let folder: OwnedDescriptor

    /// Takes hold of a folder.
    ///
    /// - Throws: if another program has it, or it cannot be opened.
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
