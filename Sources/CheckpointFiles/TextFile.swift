/// Small files that are read and written as a whole.
package enum TextFile {
    /// The most bytes that are read; the tokenizers of the largest vocabularies have a tenth of it.
    package static let largest = 1 << 28

    /// The bytes of the file at a path.
    ///
    /// - Throws: if it cannot be read, is empty, larger than any such file, or written to meanwhile.
    package static func bytes(_ path: String) throws(CheckpointError) -> [UInt8] {
        let file = try MappedFile(path: path)
        guard file.byteCount <= largest else {
            throw CheckpointError(file: path, expected: "at most \(largest) bytes", found: "\(file.byteCount)")
        }
        let bytes = file.bytes(0..<file.byteCount)
        try file.checkUnchanged()
        return bytes
    }

    /// The text of the file at a path.
    ///
    /// - Throws: if it cannot be read, or is not in UTF-8.
    package static func text(_ path: String) throws(CheckpointError) -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw CheckpointError(file: path, expected: "valid UTF-8", found: "other bytes")
        }
        return text
    }

    /// Writes a file in one step.
    ///
    /// - Throws: if it cannot be written; whatever was at the path before is then still there.
    package static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        let file = try ReplacementFile(path)
        try file.write(bytes)
        try file.commit()
    }
}
