/// A file in the making that takes its name only when it is complete and on the disk, so that neither a crash nor a
/// full disk loses what had that name before.
///
/// The one rule for everything that is written, whatever the path leads to:
/// - links are followed; the file that they lead to is made, or replaced by renaming. It keeps its permissions, and its
///   owner and group where the system allows;
/// - a file that may not be written, a folder, and links that lead in a circle are errors;
/// - devices, pipes and what the program has open already (`/dev/stdout`) are written to, byte by byte, and never
///   replaced.
///
/// What a killed writer of the same path has left is removed first.
package struct ReplacementFile: ~Copyable {
    private let path: String
    private let output: Output

    private enum Output {
        /// Bytes go into a temporary file, which replaces what is at a path.
        case file(TemporaryEntry, path: String)
        /// Bytes go out at once.
        case stream(OwnedDescriptor)
        /// Bytes go into a file without a name first, because their beginning is known last.
        case staged(OwnedDescriptor, stream: OwnedDescriptor)
    }

    /// Creates a temporary file in the folder of the one to write or replace, or opens the stream.
    ///
    /// - Parameter rewritesStart: whether ``overwriteStart(_:)`` will be called.
    /// - Throws: if that cannot be done.
    package init(_ path: String, rewritesStart: Bool = false) throws(FileError) {
        self.path = path
        let expected = "a place to write to"
        func failure(_ found: String) -> FileError {
            FileError(file: path, expected: expected, found: found)
        }
        let stream: OwnedDescriptor
        switch try WritingPlace(path, expected: expected) {
        case .folder: throw failure("a folder")
        case .file(let place, let existing):
            guard path.last != "/" else { throw failure("a path that ends with a slash") }
            if existing != nil {
                try FileError.explaining(
                    path, expected: "a file that may be written", try SystemCalls.checkWritable(place))
            }
            Leftovers.remove(of: place)
            output = .file(
                try FileError.explaining(
                    path, expected: expected, try TemporaryEntry.file(nextTo: place, replacing: existing)),
                path: place)
            return
        case .stream(let place):
            stream = OwnedDescriptor(
                try FileError.explaining(path, expected: expected, try SystemCalls.openStream(place)))
        case .descriptor(let number):
            stream = OwnedDescriptor(
                try FileError.explaining(
                    path, expected: "a descriptor that is open for writing",
                    try SystemCalls.duplicateForWriting(number)))
        }
        guard rewritesStart else {
            output = .stream(stream)
            return
        }
        let folder = SystemCalls.temporaryFolder
        let staging = try FileError.explaining(
            path, expected: "a temporary file in \(folder)", try SystemCalls.createUnnamed(in: folder))
        output = .staged(OwnedDescriptor(staging), stream: stream)
    }

    /// Appends bytes.
    ///
    /// - Throws: if they cannot be written, as where the disk is full.
    package func write(_ bytes: RawSpan) throws(FileError) {
        let (descriptor, canWait) =
            switch output {
            case .file(let entry, _): (entry.descriptor, false)
            case .stream(let stream): (stream.number, true)
            case .staged(let staging, _): (staging.number, false)
            }
        try bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try explaining(try SystemCalls.write(bytes, to: descriptor, canWait: canWait))
        }
    }

    /// Appends bytes.
    ///
    /// - Throws: if they cannot be written.
    package func write(_ bytes: [UInt8]) throws(FileError) { try write(bytes.span.bytes) }

    /// Writes over the first bytes, which must have been written before: for a header whose numbers are known last.
    ///
    /// - Throws: if they cannot be written.
    package func overwriteStart(_ bytes: [UInt8]) throws(FileError) {
        let descriptor: Int32
        switch output {
        case .file(let entry, _): descriptor = entry.descriptor
        case .staged(let staging, _): descriptor = staging.number
        case .stream: preconditionFailure("a stream's start is gone")
        }
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try explaining(try SystemCalls.overwriteStart(bytes, of: descriptor))
        }
    }

    /// Waits for the disk, then gives the file its name; or lets the last bytes out.
    ///
    /// - Throws: if that fails; whatever had the name before then still has it.
    package consuming func commit() throws(FileError) {
        switch output {
        case .file(let entry, let place): try explaining(try entry.take(place))
        case .stream(let stream): try explaining(try stream.synchronize())
        case .staged(let staging, let stream): try explaining(try staging.copyAll(to: stream))
        }
    }

    private func explaining(_ call: @autoclosure () throws(SystemError) -> Void) throws(FileError) {
        try FileError.explaining(path, expected: "a disk that can be written to", try call())
    }
}
