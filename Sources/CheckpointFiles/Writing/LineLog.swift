/// A text file that grows line by line, each whole or, after a crash, missing.
package final class LineLog: Sendable {
    private let path: String
    private let file: OwnedDescriptor

    /// Opens a log to continue, or a new one.
    ///
    /// - Parameters:
    ///   - path: the file; or a device or a pipe, which has no lines yet.
    ///   - isKept: whether a line that is there already (without its end) stays; the others are taken out. A last line
    ///     without an end is never kept.
    /// - Throws: if the file cannot be read or written.
    package init(path: String, keeping isKept: (ArraySlice<UInt8>) -> Bool) throws(FileError) {
        let expected = "a file to write to"
        self.path = path
        let descriptor: Int32
        switch try WritingPlace(path, expected: expected) {
        case .file(let place, _):
            let kept = try Self.lines(of: path).filter(isKept).flatMap { $0 + [UInt8(ascii: "\n")] }
            try TextFile.write(kept, to: path)
            descriptor = try FileError.explaining(
                path, expected: expected, try SystemCalls.openForAppending(place))
        case .stream(let place):
            descriptor = try FileError.explaining(path, expected: expected, try SystemCalls.openStream(place))
        case .descriptor(let number):
            descriptor = try FileError.explaining(
                path, expected: expected, try SystemCalls.duplicateForWriting(number))
        case .folder: throw FileError(file: path, expected: expected, found: "a folder")
        }
        file = OwnedDescriptor(descriptor)
    }

    /// Adds a line, given without its end.
    ///
    /// - Throws: if it cannot be written.
    package func append(_ line: [UInt8]) throws(FileError) {
        let bytes = line + [UInt8(ascii: "\n")]
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try FileError.explaining(
                path, expected: "a disk that can be written to", try SystemCalls.write(bytes, to: file.number))
        }
    }

    /// The lines of a log that have an end; none where there is no file.
    ///
    /// - Throws: if the file cannot be read.
    package static func lines(of path: String) throws(FileError) -> [ArraySlice<UInt8>] {
        guard case .file(let byteCount)? = SystemCalls.kind(of: path), byteCount > 0 else { return [] }
        let file = try MappedFile(path: path)
        let bytes = file.bytes(0..<file.byteCount)
        // What follows the last line end is no line, or empty.
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map { $0 }
    }
}
