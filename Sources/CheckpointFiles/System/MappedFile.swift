import CFatalSignals
package import TensorCore

/// A file's bytes, mapped read-only into memory. Pages are read on first access and shared between processes.
///
/// The mapping follows the file. If another program truncates it in place, reading the lost pages raises SIGBUS
/// (``TruncatedFiles``). If another program overwrites it, the new bytes are read (``checkUnchanged()``). This
/// program's own writers do neither: they replace files by renaming.
package final class MappedFile: Sendable {
    /// The path, as given.
    package let path: String
    /// The size of the file in bytes, at least 1.
    package let byteCount: Int
    // Safe: the mapped memory is read-only and lives at least as long as this object.
    private nonisolated(unsafe) let base: UnsafeRawPointer
    /// The file's status when it was mapped; nil for bytes of the program itself.
    private let status: FileStatus?
    /// The mapping's entry in the signal handler's table.
    private nonisolated(unsafe) let entry: OpaquePointer?

    /// Maps the file at a path.
    ///
    /// - Throws: a ``FileError`` if it is missing, unreadable, empty, a directory, or not a regular file.
    package convenience init(path: String) throws(FileError) {
        func failure(_ found: String) -> FileError {
            FileError(file: path, expected: "a readable file", found: found)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw failure("an invalid path") }
        func read<Value>(_ call: @autoclosure () throws(SystemError) -> Value) throws(FileError) -> Value {
            try FileError.explaining(path, expected: "a readable file", try call())
        }
        let descriptor = try read(try SystemCalls.openForReading(path))
        defer { SystemCalls.closeDescriptor(descriptor) }
        try self.init(descriptor, named: path)
    }

    /// Maps an open file.
    ///
    /// - Parameter path: the path for errors.
    /// - Throws: as above.
    init(_ descriptor: Int32, named path: String) throws(FileError) {
        func failure(_ found: String) -> FileError {
            FileError(file: path, expected: "a readable file", found: found)
        }
        func read<Value>(_ call: @autoclosure () throws(SystemError) -> Value) throws(FileError) -> Value {
            try FileError.explaining(path, expected: "a readable file", try call())
        }
        let status = try read(try SystemCalls.status(of: descriptor))
        switch status.kind {
        case .file(let byteCount):
            guard byteCount > 0 else { throw failure("an empty file") }
            base = try read(try SystemCalls.map(descriptor, byteCount: byteCount))
            self.byteCount = byteCount
        case .directory: throw failure("a directory")
        case .link, .other: throw failure("neither a file nor a directory")
        }
        self.path = path
        self.status = status
        entry = cfs_add_mapping(base, byteCount, path)
    }

    /// Wraps bytes that are part of the program, which the system has mapped with it.
    ///
    /// - Parameter name: takes the place of the path.
    package init(name: String, partOfProgram bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { preconditionFailure("\(name) has no bytes") }
        path = name
        byteCount = bytes.count
        self.base = base
        status = nil
        entry = nil
    }

    /// The size in bytes of the file at a path; nil if there is no regular file.
    package static func byteCount(path: String) -> Int? {
        if case .file(let byteCount)? = SystemCalls.kind(of: path) { byteCount } else { nil }
    }

    /// Whether there is an empty file at a path, which cannot be mapped.
    package static func isEmpty(path: String) -> Bool { SystemCalls.kind(of: path) == .file(byteCount: 0) }

    deinit {
        guard status != nil else { return }
        cfs_remove_mapping(entry)
        SystemCalls.unmap(base, byteCount: byteCount)
    }

    /// Checks whether the file was written to since it was mapped, in which case the bytes read may be a mixture.
    ///
    /// A file that was removed, or replaced by renaming, counts as unchanged: the mapping still has the old bytes.
    /// - Throws: a ``FileError`` if its size or modification time has changed.
    package func checkUnchanged() throws(FileError) {
        guard let status, let now = try? SystemCalls.status(of: path), now.identity == status.identity,
            now.kind != status.kind || now.modified != status.modified
        else { return }
        throw FileError(
            file: path, expected: "a file that does not change while it is read",
            found: "changes by another program; retry when it has finished")
    }

    /// Whether the file's modification time was this many seconds when it was mapped.
    package func wasModified(at seconds: Int) -> Bool {
        status?.modified == FileStatus.Time(seconds: seconds, nanoseconds: 0)
    }

    /// What tells the file from all others and from its own earlier versions.
    package struct Identity: Sendable, CustomStringConvertible {
        /// The absolute path.
        package let path: String
        private let byteCount: Int
        private let status: FileStatus

        fileprivate init(path: String, byteCount: Int, status: FileStatus) {
            self.path = path
            self.byteCount = byteCount
            self.status = status
        }

        /// One line, which differs between versions of the file.
        package var description: String {
            let (id, time, change) = (status.identity, status.modified, status.changed)
            return "\(path.quoted), \(byteCount) bytes, file \(id.device):\(id.number), modified "
                + "\(time.seconds) s \(time.nanoseconds) ns, changed \(change.seconds) s \(change.nanoseconds) ns"
        }
    }

    /// The identity of the file that was mapped; nil for bytes of the program itself.
    package var identity: Identity? {
        status.map { Identity(path: Folder.realPath(path) ?? path, byteCount: byteCount, status: $0) }
    }

    /// Uses a range of the bytes as memory, which keeps the file mapped.
    ///
    /// - Precondition: the range lies within `0..<byteCount` and begins at a multiple of 64.
    package func storage(_ range: Range<Int>) -> Storage {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a range beyond the end of \(path)")
        return Storage(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count), ownedBy: self)
    }

    /// Lends the bytes of a range for the duration of a call.
    ///
    /// - Precondition: the range lies within `0..<byteCount`.
    package func withBytes<Result, Failure: Error>(
        in range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a range beyond the end of \(path)")
        let bytes = UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        return try withExtendedLifetime(self) { () throws(Failure) in try body(bytes.bytes) }
    }

    /// A copy of the bytes of a range.
    ///
    /// - Precondition: the range lies within `0..<byteCount`.
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        withBytes(in: range) { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    /// Asks the system to read a range of the file soon, while other work is done: without it, a cold file is read page
    /// by page, as the pages are first used.
    package func prefetch(_ range: Range<Int>) {
        guard status != nil else { return }
        let clamped = range.clamped(to: 0..<byteCount)
        let first = clamped.lowerBound / SystemCalls.pageSize * SystemCalls.pageSize
        if first < clamped.upperBound {
            SystemCalls.prefetch(base + first, byteCount: clamped.upperBound - first)
        }
    }

    /// Tells the system that the pages entirely within a range are not needed for now.
    ///
    /// Call it once weights have been packed elsewhere, so that they do not take memory twice. The bytes stay readable,
    /// but reading them again reads the file again.
    package func release(_ range: Range<Int>) {
        // The program's own bytes are not page-aligned.
        guard status != nil else { return }
        let page = SystemCalls.pageSize
        let clamped = range.clamped(to: 0..<byteCount)
        let first = (clamped.lowerBound + page - 1) / page * page
        // The file's last page may be partial; nothing else is in it.
        let end = clamped.upperBound == byteCount ? byteCount : clamped.upperBound / page * page
        if first < end {
            SystemCalls.release(base + first, byteCount: end - first)
        }
    }
}
