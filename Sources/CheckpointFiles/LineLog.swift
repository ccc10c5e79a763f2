/// A text file that grows line by line, each whole or, after a crash, missing.
package final class LineLog: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens a log to go on with, or a new one.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - isKept: whether a line that is there already (without its end) stays; the others are taken out. A last line
    ///     without an end is never kept.
    /// - Throws: if the file cannot be read or written.
    package init(path: String, keeping isKept: (ArraySlice<UInt8>) -> Bool) throws(CheckpointError) {
        self.path = path
        let kept = try Self.lines(of: path).filter(isKept).flatMap { $0 + [UInt8(ascii: "\n")] }
        let file = try ReplacementFile(path)
        try file.write(kept.span.bytes)
        try file.commit()
        guard let descriptor = SystemCalls.openForAppending(path) else {
            throw CheckpointError(file: path, expected: "a file to write to", found: SystemCalls.lastError)
        }
        self.descriptor = descriptor
    }

    deinit { SystemCalls.closeDescriptor(descriptor) }

    /// Adds a line, given without its end.
    ///
    /// - Throws: if it cannot be written.
    package func append(_ line: [UInt8]) throws(CheckpointError) {
        let bytes = line + [UInt8(ascii: "\n")]
        guard bytes.withUnsafeBytes({ SystemCalls.write($0, to: descriptor) }) else {
            throw CheckpointError(file: path, expected: "a disk that can be written to", found: SystemCalls.lastError)
        }
    }

    /// The lines of a log that have an end; none where there is no file.
    ///
    /// - Throws: if the file cannot be read.
    package static func lines(of path: String) throws(CheckpointError) -> [ArraySlice<UInt8>] {
        guard case .file(let byteCount)? = SystemCalls.kind(of: path), byteCount > 0 else { return [] }
        let file = try MappedFile(path: path)
        let bytes = file.bytes(0..<file.byteCount)
        // What follows the last line end is no line, or empty.
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map { $0 }
    }
}
