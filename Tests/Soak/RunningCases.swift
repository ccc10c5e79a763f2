import CLibc

/// A file with the names of the running cases, from which a crash can be reproduced.
final class RunningCases: Sendable {
    private let descriptor: Int32
    private static let lineLength = 32

    /// Creates the file; returns nil if that fails.
    init?(path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Writes the current case of a worker, on the worker's own line.
    func write(_ name: CaseName, _ worker: Int) {
        var line = Array("\(name)".utf8.prefix(Self.lineLength - 1))
        line += Array(repeating: UInt8(ascii: " "), count: Self.lineLength - 1 - line.count)
        line.append(UInt8(ascii: "\n"))
        _ = pwrite(descriptor, line, line.count, off_t(worker * Self.lineLength))
    }
}
