import CLibc

extension Folder {
    /// The target that a link names, as written in it; nil if the path is no link.
    package static func linkTarget(of path: String) -> String? { try? SystemCalls.target(ofLink: path) }

    /// Creates a link where nothing is; does nothing if there is already a link to the same target.
    ///
    /// - Throws: if there is something else, or the link cannot be created.
    package static func makeLink(_ path: String, to target: String) throws(FileError) {
        do {
            try SystemCalls.createLink(path, to: target)
        } catch {
            if linkTarget(of: path) == target { return }
            // A link to an older version.
            guard isLink(path) else {
                throw FileError(file: path, expected: "a place for a link", found: error.description)
            }
            let temporary = TemporaryName.make(nextTo: path)
            try FileError.explaining(
                path, expected: "a place for a link", try SystemCalls.createLink(temporary, to: target))
            try FileError.explaining(
                path, expected: "a place for a link", try SystemCalls.renameFile(temporary, to: path))
        }
    }

    /// Removes a file or a link, not its target; returns false if that fails.
    @discardableResult package static func removeFile(_ path: String) -> Bool { SystemCalls.removeFile(path) }

    /// Gives a file or folder another name in the same folder.
    ///
    /// - Throws: if that cannot be done.
    package static func move(_ path: String, to place: String) throws(FileError) {
        try FileError.explaining(place, expected: "a free place", try SystemCalls.renameFile(path, to: place))
    }

    /// Removes a folder with everything in it; links are removed, not followed. The folder is renamed first, so that a
    /// crash leaves no partial folder under the original name.
    package static func removeTree(_ path: String) {
        let leftover = TemporaryName.make(nextTo: path)
        guard (try? SystemCalls.renameFile(path, to: leftover)) != nil else { return }
        removeContents(leftover)
    }

    private static func removeContents(_ path: String) {
        for name in SystemCalls.names(in: path) where !SystemCalls.removeFile("\(path)/\(name)") {
            removeContents("\(path)/\(name)")
        }
        SystemCalls.removeFolder(path)
    }

    /// The size of the file that a path leads to; nil if it leads to none.
    package static func fileSize(_ path: String) -> Int? {
        if case .file(let byteCount) = SystemCalls.kind(of: path) { byteCount } else { nil }
    }

    /// The bytes that this user may still write to the file system of a folder; nil if unknown.
    package static func freeBytes(in path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let (bytes, isTooLarge) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return isTooLarge ? .max : bytes
    }
}
