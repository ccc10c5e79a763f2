/// A file in the making that takes its name only when it is complete and on the disk, so that neither a crash nor a
/// full disk loses what had that name before.
package struct ReplacementFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    /// Creates a temporary file beside the one to write or replace.
    ///
    /// - Throws: if it cannot be made.
    package init(_ path: String) throws(CheckpointError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw CheckpointError(file: path, expected: "a path to write to", found: "an invalid path")
        }
        let temporaryPath = SystemCalls.temporaryName(beside: path)
        guard let descriptor = SystemCalls.create(temporaryPath) else {
            throw CheckpointError(file: path, expected: "a place to write to", found: SystemCalls.lastError)
        }
        self.path = path
        self.temporaryPath = temporaryPath
        self.descriptor = descriptor
    }

    deinit {
        SystemCalls.closeDescriptor(descriptor)
        SystemCalls.removeFile(temporaryPath)
    }

    /// Appends bytes.
    ///
    /// - Throws: if they cannot be written, as where the disk is full.
    package func write(_ bytes: RawSpan) throws(CheckpointError) {
        guard bytes.withUnsafeBytes({ SystemCalls.write($0, to: descriptor) }) else { throw failure() }
    }

    /// Appends bytes.
    ///
    /// - Throws: if they cannot be written.
    package func write(_ bytes: [UInt8]) throws(CheckpointError) { try write(bytes.span.bytes) }

    /// Writes over the first bytes, which must have been written before: for a header whose numbers are known last.
    ///
    /// - Throws: if they cannot be written.
    package func overwriteStart(_ bytes: [UInt8]) throws(CheckpointError) {
        guard bytes.withUnsafeBytes({ SystemCalls.overwriteStart($0, of: descriptor) }) else { throw failure() }
    }

    /// Waits for the disk, then gives the file its name.
    ///
    /// - Throws: if either fails; whatever had the name before then still has it.
    package consuming func commit() throws(CheckpointError) {
        guard SystemCalls.synchronize(descriptor) else { throw failure() }
        // After this the temporary name is free, and deinit's attempt to remove it finds nothing.
        guard SystemCalls.renameFile(temporaryPath, to: path) else { throw failure() }
        SystemCalls.synchronizeFolder(of: path)
    }

    private func failure() -> CheckpointError {
        CheckpointError(file: path, expected: "a disk that can be written to", found: SystemCalls.lastError)
    }
}
