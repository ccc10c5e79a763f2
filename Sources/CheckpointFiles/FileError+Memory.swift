import TensorCore

extension FileError {
    /// Throws unless there is memory for what is to be made of a part of a file.
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
    /// Throws unless there is memory for what is to be made of a part of a checkpoint's file.
    package static func checkMemory(_ byteCount: Int, file: String, name: String) throws(CheckpointError) {
        try inCheckpoint(try FileError.checkMemory(byteCount, file: file, name: name))
    }
}
