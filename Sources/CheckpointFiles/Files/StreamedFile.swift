/// Maps texts that cannot be mapped themselves: pipes, standard input and compressed files. They are first copied to a
/// file without a name in the folder for temporary files.
package enum StreamedFile {
    /// Whether a path leads to a pipe, a socket or a device.
    package static func isStream(_ path: String) -> Bool { SystemCalls.kind(of: path) == .other }

    /// Maps all that a stream delivers; nil if that is nothing.
    ///
    /// - Parameter path: `-` for standard input.
    /// - Throws: ``FileError`` if the stream cannot be read, or the temporary folder has no room.
    package static func map(stream path: String) throws(FileError) -> MappedFile? {
        let isInput = path == "-"
        func read<Value>(_ call: @autoclosure () throws(SystemError) -> Value) throws(FileError) -> Value {
            try FileError.explaining(name(of: path), expected: "a readable stream", try call())
        }
        let stream = isInput ? 0 : try read(try SystemCalls.openStreamForReading(path))
        defer { if !isInput { SystemCalls.closeDescriptor(stream) } }
        return try map(named: name(of: path)) { (buffer) throws(FileError) in
            try read(try SystemCalls.readStream(into: buffer, from: stream))
        }
    }

    /// Maps the contents of a gzip file; nil if they are empty.
    ///
    /// - Throws: ``FileError`` if it is not a complete gzip file, or there is no zlib to unpack it.
    package static func map(gzip path: String) throws(FileError) -> MappedFile? {
        var reader = try GzipReader(path)
        return try map(named: path) { (buffer) throws(FileError) in try reader.read(into: buffer) }
    }

    /// The name of a stream in errors.
    package static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// - Parameter read: fills a buffer and returns the number of bytes, 0 at the end.
    private static func map(
        named name: String, _ read: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
    ) throws(FileError) -> MappedFile? {
        let folder = SystemCalls.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        func write<Value>(_ call: @autoclosure () throws(SystemError) -> Value) throws(FileError) -> Value {
            try FileError.explaining(folder, expected: "a folder with room for \(name)", try call())
        }
        let copy = try write(try SystemCalls.createUnnamed(in: folder))
        defer { SystemCalls.closeDescriptor(copy) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var isEmpty = true
        while true {
            if InterruptionRequest.isMade {
                throw FileError(file: name, expected: "to be read", found: "an interruption")
            }
            let count = try read(buffer)
            if count == 0 { break }
            isEmpty = false
            try write(try SystemCalls.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: copy))
        }
        return isEmpty ? nil : try MappedFile(copy, named: name)
    }
}
