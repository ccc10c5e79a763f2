/// Functions for small files that are read, or written, as a whole.
package enum TextFile {
    /// The bytes of the file at a path.
    ///
    /// - Parameter limit: the maximum size of the file.
    /// - Throws: if it cannot be read, is empty or too large, or changes while it is read.
    package static func bytes(_ path: String, atMost limit: ReadingLimit = .text) throws(FileError) -> [UInt8] {
        try bytes(of: MappedFile(path: path), atMost: limit)
    }

    /// The bytes of an open file.
    ///
    /// - Throws: as above.
    package static func bytes(of file: MappedFile, atMost limit: ReadingLimit) throws(FileError) -> [UInt8] {
        guard file.byteCount <= limit.byteCount else {
            throw FileError(
                file: file.path, expected: "at most \(limit.byteCount) bytes", found: "\(file.byteCount)")
        }
        try FileError.checkMemory(2 * file.byteCount, file: file.path, name: "")
        let bytes = file.bytes(0..<file.byteCount)
        try file.checkUnchanged()
        return bytes
    }

    /// The text of the file at a path.
    ///
    /// - Throws: if it cannot be read, is too large, or is not valid UTF-8.
    package static func text(_ path: String, atMost limit: ReadingLimit = .text) throws(FileError) -> String {
        guard let text = String(validating: try bytes(path, atMost: limit), as: UTF8.self) else {
            throw FileError(file: path, expected: "valid UTF-8", found: "other bytes")
        }
        return text
    }
}
