/// The paths of a folder's files.
package struct FolderPaths: Sendable {
    /// The path of the folder, as given.
    package let path: String

    /// Refers to the folder at a path.
    package init(_ path: String) { self.path = path }

    /// The last component of the folder's path.
    package var name: String { path.split(separator: "/").last.map { String($0) } ?? path }

    /// The path of one of the folder's files, whether or not it exists.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The path of one of the folder's files; nil if nothing has this name. A dangling link exists: reading it is an
    /// error.
    package func existingFile(_ name: String) -> String? {
        (try? SystemCalls.linkStatus(of: file(name))) == nil ? nil : file(name)
    }
}
