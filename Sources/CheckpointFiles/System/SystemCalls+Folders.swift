import CLibc

extension SystemCalls {
    /// The names in a folder except `.` and `..`; empty if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Creates an empty folder; fails if the path exists.
    static func createFolder(_ path: String, permissions: mode_t = 0o777) throws(SystemError) {
        guard mkdir(path, permissions) == 0 else { throw .last }
    }

    /// Removes an empty folder.
    static func removeFolder(_ path: String) { _ = rmdir(path) }

    /// Creates a symbolic link.
    static func createLink(_ path: String, to target: String) throws(SystemError) {
        guard symlink(target, path) == 0 else { throw .last }
    }

    /// The target that a link names.
    static func target(ofLink path: String) throws(SystemError) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        guard count >= 0 else { throw .last }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The absolute path without links; nil if it leads nowhere.
    static func realPath(_ path: String) -> String? {
        guard let result = realpath(path, nil) else { return nil }
        defer { free(result) }
        return String(cString: result)
    }

    /// Takes an exclusive lock that is released when the last copy of the descriptor is closed.
    ///
    /// - Throws: ``SystemError/wouldBlock`` if another descriptor holds the lock.
    static func lock(_ descriptor: Int32) throws(SystemError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .last }
    }
}

/// A path's folder and its last component.
struct PathParts {
    let folder: String
    let name: String

    init(_ path: String) {
        if let slash = path.lastIndex(of: "/") {
            folder = slash == path.startIndex ? "/" : String(path[..<slash])
            name = String(path[path.index(after: slash)...])
        } else {
            folder = "."
            name = path
        }
    }
}

extension SystemCalls {
    /// The paths that match a pattern such as `data/*.txt`.
    static func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }
}
