/// Where a path leads that something is to be written to, by however many links.
enum WritingPlace {
    /// A regular file, or nothing yet, at a path that is no link.
    case file(path: String, existing: FileStatus?)
    /// A folder, at a path that is no link.
    case folder(path: String, FileStatus)
    /// A device, a named pipe, or what another program has open: it is written to and never replaced.
    case stream(path: String)
    /// What this program has open already, such as `/dev/stdout`.
    case descriptor(Int32)

    /// As many links in a row as Linux follows.
    private static let mostLinks = 40

    /// Follows a path.
    ///
    /// - Throws: if it is no path, its links lead in a circle, or the system does not let it be followed.
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
                    // Such links lead to open files, whatever their text says.
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
        throw failure("links that lead in a circle")
    }

    /// The number of an open descriptor of ours that a path names, as `/dev/fd/5` does; nil for all other paths.
    private static func openDescriptor(_ path: String) -> Int32? {
        let parts = PathParts(path)
        guard let number = Int32(parts.name), let own = SystemCalls.realPath("/proc/self"),
            let folder = SystemCalls.realPath(parts.folder), folder.hasPrefix(own + "/"), folder.hasSuffix("/fd")
        else { return nil }
        return number
    }

    /// Whether a link is one of those that the system itself makes for processes.
    private static func isInProcessFiles(_ link: FileStatus) -> Bool {
        (try? SystemCalls.linkStatus(of: "/proc/self"))?.identity.device == link.identity.device
    }
}
