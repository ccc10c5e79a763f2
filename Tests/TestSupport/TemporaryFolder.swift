import CLibc

/// A temporary folder for one test, removed with its contents when the last reference is released.
package final class TemporaryFolder: Sendable {
    /// The folder's path.
    package let path: String

    /// Creates the folder.
    package init() {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = "\(base)/layerskip-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        guard mkdir(path, 0o700) == 0 else { fatalError("cannot make \(path)") }
    }

    deinit {
        Self.removeAll(path)
    }

    /// Removes a folder and everything in it.
    private static func removeAll(_ path: String) {
        for name in names(in: path) {
            let entry = path + "/" + name
            if unlink(entry) != 0 { removeAll(entry) }
        }
        rmdir(path)
    }

    /// The path of a file in the folder, whether or not it exists.
    package func file(_ name: String) -> String { path + "/" + name }

    /// The names in the folder, sorted.
    package var contents: [String] { Self.names(in: path) }

    /// Creates a subfolder, and returns its path.
    package func makeFolder(_ name: String) -> String {
        guard mkdir(file(name), 0o700) == 0 else { fatalError("cannot make \(file(name))") }
        return file(name)
    }

    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Extends a file with zeros that take no space on disk; returns false if the file system cannot.
    package func extend(_ name: String, to byteCount: Int) -> Bool {
        truncate(file(name), off_t(byteCount)) == 0
    }

    /// Writes a file into the folder, and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], as name: String) -> String {
        let path = file(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { fatalError("cannot write \(path)") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { CLibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { fatalError("cannot write \(path)") }
            rest = rest.dropFirst(count)
        }
        return path
    }
}
