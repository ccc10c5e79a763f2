extension TextFile {
    /// Writes a file atomically.
    ///
    /// - Throws: if it cannot be written; anything at the path before is then still there.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let file = try ReplacementFile(path)
        try file.write(bytes)
        try file.commit()
    }
}
