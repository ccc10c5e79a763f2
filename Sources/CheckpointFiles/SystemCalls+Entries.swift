#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension SystemCalls {
    /// What a name in a folder is.
    struct Entry {
        let name: String
        /// Whether it is a symbolic link; the rest is about what it leads to.
        let isLink: Bool
        /// nil for a link that leads nowhere, or to what cannot be told.
        let kind: Kind?
        let identity: Folder.Identity?
    }

    /// The names in a folder but `.` and `..`, in no order; nil where it cannot be read.
    static func entries(in path: String) -> [Entry]? {
        guard let folder = opendir(path) else { return nil }
        closedir(folder)
        return names(in: path).map { name in
            let path = "\(path)/\(name)"
            var own = stat()
            let isLink = lstat(path, &own) == 0 && own.st_mode & S_IFMT == S_IFLNK
            var status = stat()
            guard stat(path, &status) == 0 else { return Entry(name: name, isLink: isLink, kind: nil, identity: nil) }
            let identity = Folder.Identity(
                device: UInt64(bitPattern: Int64(status.st_dev)), number: UInt64(status.st_ino))
            return Entry(name: name, isLink: isLink, kind: kind(status), identity: identity)
        }
    }

    /// What a path leads to, told from everything else on the machine; nil where there is nothing.
    static func identity(of path: String) -> Folder.Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Folder.Identity(device: UInt64(bitPattern: Int64(status.st_dev)), number: UInt64(status.st_ino))
    }
}
