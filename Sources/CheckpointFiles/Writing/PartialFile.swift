/// A file that is received in parts, perhaps over several runs of the program: it keeps what it has under a name of its
/// own, and gets its final name when it is complete and on disk.
package final class PartialFile: Sendable {
    private let path: String
    private let file: OwnedDescriptor

    /// Opens the file, or creates it empty. Its last part is not a link: a link would be written through.
    ///
    /// - Throws: if that fails.
    package init(_ path: String) throws(FileError) {
        self.path = path
        file = OwnedDescriptor(
            try FileError.explaining(path, expected: "a file to append to", try SystemCalls.openPartial(path)))
        guard let status = try? SystemCalls.status(of: file.number), status.isFile else {
            throw FileError(file: path, expected: "a file to append to", found: "something else")
        }
    }

    /// The bytes that the file has.
    package var byteCount: Int {
        guard case .file(let byteCount)? = (try? SystemCalls.status(of: file.number))?.kind else { return 0 }
        return byteCount
    }

    /// Reads the whole file in order.
    ///
    /// - Parameter receive: gets each part; its return value says whether to continue.
    /// - Throws: if it cannot be read.
    package func read(_ receive: (UnsafeRawBufferPointer) -> Bool) throws(FileError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let count = try FileError.explaining(
                path, expected: "a file that can be read",
                try SystemCalls.read(into: buffer, from: file.number, at: offset))
            guard count > 0, receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
            offset += count
        }
    }

    /// Appends bytes.
    ///
    /// - Throws: if they cannot be written, for example because the disk is full.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try FileError.explaining(path, expected: "space to write", try SystemCalls.write(bytes, to: file.number))
    }

    /// Drops all bytes.
    package func removeAll() throws(FileError) {
        try FileError.explaining(path, expected: "a file to start again", try SystemCalls.empty(file.number))
    }

    /// Gives the file its final name, once its bytes are on disk.
    ///
    /// - Throws: if that fails.
    package func finish(as final: String) throws(FileError) {
        try FileError.explaining(path, expected: "a file on disk", try file.synchronize())
        try FileError.explaining(final, expected: "a place for a file", try SystemCalls.renameFile(path, to: final))
        SystemCalls.synchronizeFolder(of: final)
    }
}
