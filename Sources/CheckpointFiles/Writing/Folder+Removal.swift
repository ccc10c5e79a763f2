extension Folder {
    /// Removes a folder and the files in it. The folder is renamed first, so that a crash leaves no partial folder
    /// under the original name.
    package static func remove(_ path: String) {
        let leftover = TemporaryName.make(nextTo: path)
        guard (try? SystemCalls.renameFile(path, to: leftover)) != nil else { return }
        Leftovers.removeEntry(leftover)
    }

    /// Removes incomplete files, links and folders that killed programs left in a folder.
    package static func removeLeftovers(in path: String) { Leftovers.remove(in: path) }
}
