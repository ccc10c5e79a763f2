/// A text file that grows line by line; after a crash each line is either complete or missing.
package final class LineLog: Sendable {
    private let path: String
    private let file: OwnedDescriptor

    /// Opens an existing log to append to it, or creates one.
    ///
    /// - Parameters:
    ///   - path: the file; a device or a pipe starts without lines.
    ///   - isKept: whether to keep an existing line, passed without its line end; other lines are removed. An
    ///     unterminated last line is never kept.
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

    /// Appends a line, given without its line end.
    ///
    /// - Throws: if it cannot be written.
    package func append(_ line: [UInt8]) throws(FileError) {
        let bytes = line + [UInt8(ascii: "\n")]
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try FileError.explaining(
                path, expected: "a disk that can be written to", try SystemCalls.write(bytes, to: file.number))
        }
    }

    /// The terminated lines of a log; empty if there is no file.
    ///
    /// - Throws: if the file cannot be read.
    package static func lines(of path: String) throws(FileError) -> [ArraySlice<UInt8>] {
        guard case .file(let byteCount)? = SystemCalls.kind(of: path), byteCount > 0 else { return [] }
        let file = try MappedFile(path: path)
        let bytes = file.bytes(0..<file.byteCount)
        // The text after the last line end is empty or an incomplete line.
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map { $0 }
    }
}
