import CLibc

/// The status of a file, as the system reports it.
struct FileStatus {
    enum Kind: Equatable { case file(byteCount: Int), directory, link, other }

    /// A value that identifies a file regardless of the path or link used to reach it.
    struct Identity: Hashable {
        let device: UInt64
        let number: UInt64
    }

    /// A time of the system's clock.
    struct Time: Equatable {
        let seconds: Int
        let nanoseconds: Int
    }

    let kind: Kind
    let identity: Identity
    /// The time of the last change to the contents, which programs can set.
    let modified: Time
    /// The time of the last change to the contents or to this status, which they cannot.
    let changed: Time
    /// The mode bits for permissions.
    let permissions: mode_t
    let owner: uid_t
    let group: gid_t

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file(byteCount: Int(status.st_size))
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        identity = Identity(
            device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        self.modified = Time(seconds: Int(modified.tv_sec), nanoseconds: Int(modified.tv_nsec))
        self.changed = Time(seconds: Int(changed.tv_sec), nanoseconds: Int(changed.tv_nsec))
        permissions = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
    }

    var isDirectory: Bool { kind == .directory }
    var isFile: Bool { if case .file = kind { true } else { false } }
}

extension SystemCalls {
    /// Sets the modification time of an open file, in whole seconds.
    static func setModified(_ descriptor: Int32, seconds: Int) throws(SystemError) {
        let time = timespec(tv_sec: time_t(seconds), tv_nsec: 0)
        guard futimens(descriptor, [time, time]) == 0 else { throw .last }
    }

    /// Sets the permissions of an open file; some file systems have none.
    static func setPermissions(_ descriptor: Int32, _ permissions: mode_t) { _ = fchmod(descriptor, permissions) }

    /// The status of an open file.
    static func status(of descriptor: Int32) throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        return FileStatus(status)
    }

    /// The status of a path's target, after following links.
    static func status(of path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last }
        return FileStatus(status)
    }

    /// The status of a path itself, without following a link.
    static func linkStatus(of path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .last }
        return FileStatus(status)
    }

    /// The kind of a path's target; nil if it does not exist or cannot be read.
    static func kind(of path: String) -> FileStatus.Kind? { (try? status(of: path))?.kind }

    /// Gives an open file another file's permissions, and its owner and group as far as the system allows.
    ///
    /// If they cannot both be set, the set-user-ID and set-group-ID bits are cleared. If even the group cannot be set,
    /// the file's group gets the rights that everyone else has.
    static func copyPermissions(of other: FileStatus, to descriptor: Int32) {
        guard let own = try? status(of: descriptor) else { return }
        var permissions = other.permissions
        if (own.owner, own.group) != (other.owner, other.group), fchown(descriptor, other.owner, other.group) != 0 {
            permissions &= 0o1777
            if own.group != other.group, fchown(descriptor, uid_t.max, other.group) != 0 {
                permissions = permissions & ~0o070 | (permissions & 0o007) << 3
            }
        }
        // Some file systems have no permissions.
        _ = fchmod(descriptor, permissions)
    }
}
