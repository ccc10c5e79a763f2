import TensorCore

extension FileError {
    /// Throws unless `byteCount` bytes of memory are available for data made from the named part of a file.
    package static func checkMemory(_ byteCount: Int, file: String, name: String) throws(FileError) {
        do {
            try MemoryBudget.check(byteCount, for: name)
        } catch {
            throw FileError(
                file: file, name: name, expected: "\(byteCount) bytes of free memory",
                found: error.available.map { "\($0)" } ?? "the system's limit reached")
        }
    }
}

extension CheckpointError {
    /// Throws unless `byteCount` bytes of memory are available for data made from the named part of a checkpoint's
    /// file.
    package static func checkMemory(_ byteCount: Int, file: String, name: String) throws(CheckpointError) {
        try inCheckpoint(try FileError.checkMemory(byteCount, file: file, name: name))
    }
}
