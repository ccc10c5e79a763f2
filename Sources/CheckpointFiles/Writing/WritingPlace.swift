/// The final target of a path to write to, after following all links.
enum WritingPlace {
    /// A regular file or an unused path; the path is not a link.
    case file(path: String, existing: FileStatus?)
    /// A folder; the path is not a link.
    case folder(path: String, FileStatus)
    /// A device, a named pipe, or a file that another program has open: written to directly, never replaced.
    case stream(path: String)
    /// A file that this program has already open, such as `/dev/stdout`.
    case descriptor(Int32)

    /// The number of links in a row that Linux follows.
    private static let mostLinks = 40

    /// Follows a path.
    ///
    /// - Throws: if the path is invalid, its links form a cycle, or the system denies access.
    init(_ path: String, expected: String) throws(FileError) {
        func failure(_ found: String) -> FileError {
            FileError(file: path, expected: expected, found: found)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw failure("an invalid path") }
        var current = path[...]
        while current.count > 1, current.last == "/" { current.removeLast() }
        for _ in 0..<Self.mostLinks {
            let place = String(current)
            let status: FileStatus
            do {
                status = try SystemCalls.linkStatus(of: place)
            } catch .nothingThere {
                self = .file(path: place, existing: nil)
                return
            } catch {
                throw failure(error.description)
            }
            switch status.kind {
            case .file: self = .file(path: place, existing: status)
            case .directory: self = .folder(path: place, status)
            case .other: self = .stream(path: place)
            case .link:
                if let number = Self.openDescriptor(place) {
                    self = .descriptor(number)
                } else if Self.isInProcessFiles(status) {
                    // These links lead to open files, whatever target they name.
                    self = .stream(path: place)
                } else {
                    let target = try FileError.explaining(
                        path, expected: expected, try SystemCalls.target(ofLink: place))
                    current = target.hasPrefix("/") ? target[...] : "\(PathParts(place).folder)/\(target)"
                    while current.count > 1, current.last == "/" { current.removeLast() }
                    continue
                }
            }
            return
        }
        throw failure("a cycle of links")
    }

    /// The number of this process's open descriptor that a path names, as `/dev/fd/5` does; nil for all other paths.
    private static func openDescriptor(_ path: String) -> Int32? {
        let parts = PathParts(path)
        guard let number = Int32(parts.name), let own = SystemCalls.realPath("/proc/self"),
            let folder = SystemCalls.realPath(parts.folder), folder.hasPrefix(own + "/"), folder.hasSuffix("/fd")
        else { return nil }
        return number
    }

    /// Whether a link is one that the system provides in /proc.
    private static func isInProcessFiles(_ link: FileStatus) -> Bool {
        (try? SystemCalls.linkStatus(of: "/proc/self"))?.identity.device == link.identity.device
    }
}
