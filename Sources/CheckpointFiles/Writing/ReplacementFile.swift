/// A file being written that gets its name only when it is complete and on disk. So neither a crash nor a full disk
/// loses the file that had the name before.
///
/// The same rules apply to everything that is written:
/// - Links are followed, and their target is created, or replaced by renaming. It keeps its permissions, and its owner
///   and group where the system allows.
/// - A read-only file, a folder, and a cycle of links are errors.
/// - Devices, pipes and files that the program has already open (`/dev/stdout`) are written to directly and never
///   replaced.
///
/// Leftovers of a killed writer of the same path are removed first.
package struct ReplacementFile: ~Copyable {
    private let path: String
    private let output: Output

    private enum Output {
        /// Bytes go into a temporary file, which then replaces the file at the path.
        case file(TemporaryEntry, path: String)
        /// Bytes are written directly.
        case stream(OwnedDescriptor)
        /// Bytes go into an unnamed file first, because their beginning is known last.
        case staged(OwnedDescriptor, stream: OwnedDescriptor)
    }

    /// Creates a temporary file in the output's folder, or opens the stream.
    ///
    /// - Parameter rewritesStart: whether ``overwriteStart(_:)`` will be called.
    /// - Throws: if that fails.
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

    /// Checks that a file can be written at a path, before long work begins. Nothing stays there, and streams are not
    /// opened.
    package static func check(_ path: String) throws(FileError) {
        switch try WritingPlace(path, expected: "a place to write to") {
        case .file, .folder: _ = try ReplacementFile(path)
        case .stream, .descriptor: break
        }
    }

    /// Whether a path is that of a device, a pipe or an open file, which is written to directly.
    package static func isStream(_ path: String) throws(FileError) -> Bool {
        switch try WritingPlace(path, expected: "a place to write to") {
        case .file, .folder: false
        case .stream, .descriptor: true
        }
    }

    /// Appends bytes.
    ///
    /// - Throws: if they cannot be written, for example because the disk is full.
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

    /// Overwrites the first bytes, which must have been written before; for headers whose numbers are known last.
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

    /// Waits for the disk, so that ``commit()`` only has to rename the file. Does nothing for streams.
    ///
    /// - Throws: if the disk fails.
    package func synchronize() throws(FileError) {
        if case .file(let entry, _) = output { try explaining(try SystemCalls.synchronize(entry.descriptor)) }
    }

    /// Waits for the disk, then gives the file its name; a staged stream is written now.
    ///
    /// - Throws: if that fails; the name then still belongs to the file that had it before.
    package consuming func commit() throws(FileError) {
        switch output {
        case .file(let entry, let place): try explaining(try entry.take(place))
        case .stream(let stream): try explaining(try stream.synchronize())
        case .staged(let staging, let stream): try explaining(try staging.copyAll(to: stream))
        }
    }

    /// Makes the file readable for its owner only, and sets its modification time, so that any later write to it
    /// changes that. Does nothing for streams.
    ///
    /// - Throws: if the system does not allow it.
    package func seal(modified seconds: Int) throws(FileError) {
        guard case .file(let entry, _) = output else { return }
        SystemCalls.setPermissions(entry.descriptor, 0o600)
        try explaining(try SystemCalls.setModified(entry.descriptor, seconds: seconds))
    }

    private func explaining(_ call: @autoclosure () throws(SystemError) -> Void) throws(FileError) {
        try FileError.explaining(path, expected: "a disk that can be written to", try call())
    }
}
